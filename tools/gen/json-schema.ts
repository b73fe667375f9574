/** JSON Schema, as option schemas describe themselves, in the words of a table. */

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly multipleOf?: number;
}

/** The type in a few words, for example `integer > 0`, `list of text`, `` `a` or `b` ``. */
export function typeInWords(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  const alternatives =
    schema.anyOf ?? (Array.isArray(schema.type) ? schema.type.map((type: string) => ({ ...schema, type })) : undefined);
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeInWords))].sort(nullLast).join(" or ");
  switch (schema.type) {
    case "integer":
    case "number":
      return `${schema.type}${bounds(schema)}`;
    case "string":
      return "text";
    case "array":
      return arrayInWords(schema);
    case "object":
      return typeof schema.additionalProperties === "object" && schema.additionalProperties.type !== undefined
        ? `map to ${typeInWords(schema.additionalProperties)}`
        : "map";
    case "null":
    case "boolean":
      return schema.type;
    default:
      return "anything";
  }
}

function arrayInWords({ items }: JsonSchema): string {
  if (Array.isArray(items)) return `[${items.map(typeInWords).join(", ")}]`;
  return items === undefined ? "list" : `list of ${typeInWords(items as JsonSchema)}`;
}

function bounds({ minimum, maximum, exclusiveMinimum, multipleOf }: JsonSchema): string {
  const low =
    exclusiveMinimum !== undefined
      ? `> ${exclusiveMinimum}`
      : minimum !== undefined && minimum > -1e15
        ? `>= ${minimum}`
        : "";
  const high = maximum !== undefined && maximum < 1e15 ? `<= ${maximum}` : "";
  const step = multipleOf !== undefined ? `, a multiple of ${multipleOf}` : "";
  const range = [low, high].filter((part) => part !== "").join(", ");
  return `${range === "" ? "" : ` ${range}`}${step}`;
}

function nullLast(a: string, b: string): number {
  return Number(a === "null") - Number(b === "null");
}
