/** Typed attribute data of operations and their MLIR text. */

/** A value of an MLIR enum, `#stablehlo<comparison_direction GT>`. */
export interface EnumAttribute {
  readonly enum: string;
  readonly value: string;
}

/** A structured attribute, `#stablehlo.gather<offset_dims = [1], ...>`; fields keep their order. */
export interface StructAttribute {
  readonly struct: string;
  readonly fields: Readonly<Record<string, number | readonly number[]>>;
}

/** An `n x 2` matrix of integers (convolution and window padding). */
export interface PairsAttribute {
  readonly pairs: readonly (readonly [number, number])[];
}

/** An integer of another width than 64 bits. */
export interface SizedIntegerAttribute {
  readonly integer: number;
  readonly element: "i16" | "i32";
}

/** An ordered list of attributes. */
export interface ListAttribute {
  readonly list: readonly Attribute[];
}

/** A bare attribute of another dialect, already in MLIR text. */
export interface TextAttribute {
  readonly text: string;
}

/** Numbers print as `i64`, number lists as `array<i64: ...>`, strings quoted. */
export type Attribute =
  | number
  | boolean
  | string
  | readonly number[]
  | readonly boolean[]
  | EnumAttribute
  | StructAttribute
  | PairsAttribute
  | SizedIntegerAttribute
  | ListAttribute
  | TextAttribute;

export type Attributes = Readonly<Record<string, Attribute>>;

/** MLIR text of one attribute. */
export function attributeText(attribute: Attribute): string {
  if (typeof attribute === "number") return `${attribute} : i64`;
  if (typeof attribute === "boolean") return String(attribute);
  if (typeof attribute === "string") return quote(attribute);
  if (isList(attribute)) return arrayText(attribute);
  if ("enum" in attribute) return `#stablehlo<${attribute.enum} ${attribute.value}>`;
  if ("struct" in attribute) return `#stablehlo.${attribute.struct}<${fieldsText(attribute.fields)}>`;
  if ("pairs" in attribute) return pairsText(attribute.pairs);
  if ("integer" in attribute) return `${attribute.integer} : ${attribute.element}`;
  if ("list" in attribute) return `[${attribute.list.map(attributeText).join(", ")}]`;
  return attribute.text;
}

/** An MLIR string literal. */
export function quote(text: string): string {
  const escaped = text.replace(
    /[\\"\u0000-\u001f]/g,
    (c) => `\\${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return `"${escaped}"`;
}

function isList(attribute: Attribute): attribute is readonly number[] | readonly boolean[] {
  return Array.isArray(attribute);
}

function arrayText(values: readonly number[] | readonly boolean[]): string {
  const element = typeof values[0] === "boolean" ? "i1" : "i64";
  return values.length === 0 ? `array<${element}>` : `array<${element}: ${values.join(", ")}>`;
}

function fieldsText(fields: StructAttribute["fields"]): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} = ${typeof value === "number" ? value : `[${value.join(", ")}]`}`)
    .join(", ");
}

function pairsText(pairs: PairsAttribute["pairs"]): string {
  const rows = pairs.map(([low, high]) => `[${low}, ${high}]`).join(", ");
  return pairs.length === 0 ? "dense<> : tensor<0x2xi64>" : `dense<[${rows}]> : tensor<${pairs.length}x2xi64>`;
}
