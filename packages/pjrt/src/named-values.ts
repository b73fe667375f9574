/** PJRT_NamedValue: how a plugin takes client options and reports its attributes. */
import { ENUMS, STRUCTS } from "./generated/pjrt-c-api.ts";
import { NativeStruct } from "./native/struct.ts";
import { readBytes, readText, readWords } from "./native/system.ts";

const TYPE = ENUMS.PJRT_NamedValue_Type;
const SIZE = STRUCTS.PJRT_NamedValue.size;
const OFFSETS = STRUCTS.PJRT_NamedValue.offsets;

/** A value that a plugin reports about itself or a device. */
export type Attribute = string | number | boolean | bigint | readonly bigint[];

/** A value that a plugin takes. A float is written `{ float: 0.9 }`, since a JS number alone could be an integer. */
export type OptionValue = string | boolean | bigint | readonly bigint[] | { readonly float: number };

export type OptionType = "string" | "boolean" | "integer" | "integers" | "float";

/** Which of the five types of PJRT_NamedValue a value is; undefined for anything else. */
export function optionType(value: unknown): OptionType | undefined {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "bigint") return "integer";
  if (Array.isArray(value)) return value.every((item) => typeof item === "bigint") ? "integers" : undefined;
  if (typeof value === "object" && value !== null && "float" in value && typeof value.float === "number")
    return "float";
  return undefined;
}

/** An array of PJRT_NamedValue and everything that it points to; keep it alive during the call. */
export interface NamedValueList {
  readonly array: Uint8Array;
  readonly length: number;
  readonly parts: readonly NativeStruct<"PJRT_NamedValue">[];
}

/** Encodes options whose types were checked by {@link optionType}. */
export function encodeNamedValues(options: Readonly<Record<string, OptionValue>>): NamedValueList {
  const parts = Object.entries(options).map(([name, value]) => encodeOne(name, value));
  const array = new Uint8Array(parts.length * SIZE);
  parts.forEach((part, index) => array.set(readBytes(part.address, SIZE), index * SIZE));
  return { array, length: parts.length, parts };
}

function encodeOne(name: string, value: OptionValue): NativeStruct<"PJRT_NamedValue"> {
  const key = Buffer.from(name);
  const one = new NativeStruct("PJRT_NamedValue")
    .point("name", key)
    .set("name_size", BigInt(key.length))
    .set("value_size", 1n);
  if (typeof value === "string") {
    const text = Buffer.from(`${value}\0`);
    return one
      .setInt("type", TYPE.kString)
      .point("string_value", text)
      .set("value_size", BigInt(text.length - 1));
  }
  if (typeof value === "boolean") return one.setInt("type", TYPE.kBool).setBool("bool_value", value);
  if (typeof value === "bigint") return one.setInt("type", TYPE.kInt64).set("int64_value", value);
  if ("float" in value) return one.setInt("type", TYPE.kFloat).setFloat("float_value", value.float);
  return one
    .setInt("type", TYPE.kInt64List)
    .point("int64_array_value", BigInt64Array.from(value))
    .set("value_size", BigInt(value.length));
}

/** Decodes `count` values at `address`. */
export function decodeNamedValues(address: bigint, count: number): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (let index = 0; index < count; index++) {
    const view = new DataView(readBytes(address + BigInt(index * SIZE), SIZE).buffer);
    const word = (offset: number): bigint => view.getBigUint64(offset, true);
    const length = Number(word(OFFSETS.value_size));
    const name = readText(word(OFFSETS.name), Number(word(OFFSETS.name_size)));
    const type = view.getInt32(OFFSETS.type, true);
    if (type === TYPE.kString) attributes[name] = readText(word(OFFSETS.string_value), length);
    else if (type === TYPE.kInt64) attributes[name] = view.getBigInt64(OFFSETS.int64_value, true);
    else if (type === TYPE.kInt64List)
      attributes[name] = Array.from(readWords(word(OFFSETS.int64_array_value), length), (value) =>
        BigInt.asIntN(64, value),
      );
    else if (type === TYPE.kFloat) attributes[name] = view.getFloat32(OFFSETS.float_value, true);
    else if (type === TYPE.kBool) attributes[name] = view.getUint8(OFFSETS.bool_value) !== 0;
  }
  return attributes;
}
