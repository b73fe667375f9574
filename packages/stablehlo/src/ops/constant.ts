/** Constants: one value everywhere, or dense data. */
import { check } from "../bad-op.ts";
import { operation, type Operation, type Value } from "../operation.ts";
import { byteWidth, isFloat, sizeOf, type TensorType, typeText } from "../types.ts";

export type Scalar = number | bigint | boolean;

/** Arrays whose bytes are the little-endian elements of a tensor. */
export type ElementArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A constant with one value in every element. */
export function splat(value: Scalar, type: TensorType): Value {
  const constant = literal(scalarText(value, type), type);
  splats.add(constant.op);
  return constant;
}

/** True for a value that is known to be the same number everywhere: a scalar, a splat constant, and these broadcast. */
export function isUniform(value: Value): boolean {
  const { op } = value;
  if (value.type.shape.length === 0) return true;
  if (op.name === "stablehlo.constant") return splats.has(op);
  return SHAPE_ONLY.has(op.name) && op.operands.every(isUniform);
}

const SHAPE_ONLY: ReadonlySet<string> = new Set(["stablehlo.broadcast_in_dim", "stablehlo.reshape"]);

const splats = new WeakSet<Operation>();

/** A constant from a flat, row-major list of values. */
export function constant(values: Scalar | readonly Scalar[], type: TensorType): Value {
  if (!Array.isArray(values)) return splat(values as Scalar, type);
  const list: readonly Scalar[] = values;
  checkCount(list.length, type);
  const first = list[0];
  if (first !== undefined && list.every((value) => Object.is(value, first))) return splat(first, type);
  return literal(
    nested(
      list.map((value) => scalarText(value, type)),
      type.shape,
    ),
    type,
  );
}

/**
 * A constant from the elements of a typed array, written as hexadecimal bytes. `i1` takes a `Uint8Array` of 0 and 1,
 * `bf16` and `f16` a `Uint16Array` of bit patterns.
 */
export function constantFromBytes(values: ElementArray, type: TensorType): Value {
  checkCount(values.length, type);
  if (type.element === "i1") return constant([...values].map(Boolean), type);
  const width = byteWidth(type.element);
  check(values.BYTES_PER_ELEMENT === width, "stablehlo.constant", () => [
    "the array has another element width",
    `${width} bytes`,
    `${values.BYTES_PER_ELEMENT} bytes`,
  ]);
  if (values.length === 0) return literal("", type);
  return literal(`"0x${hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}"`, type);
}

function literal(text: string, type: TensorType): Value {
  return operation({
    name: "stablehlo.constant",
    result: type,
    attributes: { value: { text: `dense<${text}> : ${typeText(type)}` } },
    format: () => `stablehlo.constant dense<${text}> : ${typeText(type)}`,
  });
}

function checkCount(count: number, type: TensorType): void {
  check(count === sizeOf(type.shape), "stablehlo.constant", () => [
    "wrong number of values",
    `${sizeOf(type.shape)} for ${typeText(type)}`,
    String(count),
  ]);
}

function scalarText(value: Scalar, type: TensorType): string {
  const { element } = type;
  if (element === "i1") return String(Boolean(value));
  if (isFloat(element)) return floatText(Number(value), element);
  const integer = typeof value === "boolean" ? Number(value) : value;
  check(typeof integer === "bigint" || Number.isInteger(integer), "stablehlo.constant", () => [
    "an integer constant needs an integer",
    "integer",
    String(value),
  ]);
  return String(integer);
}

const INFINITY_BITS: Readonly<Record<string, readonly [plus: string, minus: string, nan: string]>> = {
  f32: ["0x7F800000", "0xFF800000", "0x7FC00000"],
  bf16: ["0x7F80", "0xFF80", "0x7FC0"],
  f16: ["0x7C00", "0xFC00", "0x7E00"],
  f64: ["0x7FF0000000000000", "0xFFF0000000000000", "0x7FF8000000000000"],
};

/** A decimal that reads back as exactly this number in the element type; bits for infinities and NaN. */
function floatText(value: number, element: string): string {
  const [plus, minus, nan] = INFINITY_BITS[element] as readonly [string, string, string];
  if (Number.isNaN(value)) return nan;
  const rounded = element === "f64" ? value : Math.fround(value);
  if (rounded === Infinity) return plus;
  if (rounded === -Infinity) return minus;
  if (Object.is(rounded, -0)) return "-0.0";
  const [mantissa, exponent] = shortest(rounded, element).split("e") as [string, string | undefined];
  const decimal = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? decimal : `${decimal}e${exponent}`;
}

/** The shortest decimal that rounds to `value`. */
function shortest(value: number, element: string): string {
  if (element === "f64" || Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

function nested(texts: readonly string[], shape: readonly number[]): string {
  if (shape.length === 0) return texts[0] ?? "";
  if (texts.length === 0) return "";
  const [extent, ...inner] = shape as [number, ...number[]];
  const stride = texts.length / extent;
  const rows = Array.from({ length: extent }, (_, i) => nested(texts.slice(i * stride, (i + 1) * stride), inner));
  return `[${rows.join(", ")}]`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, "0"));

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}
