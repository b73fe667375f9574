/** Element types in StableHLO's spelling, with their PJRT_Buffer_Type and size. Sub-byte, complex and 8-bit float types are not used. */
import { invariant, L3mError } from "@l3m/errors";
import { ENUMS } from "./generated/pjrt-c-api.ts";

const BUFFER_TYPE = ENUMS.PJRT_Buffer_Type;

const TABLE = {
  i1: { code: BUFFER_TYPE.PRED, bytes: 1 },
  i8: { code: BUFFER_TYPE.S8, bytes: 1 },
  i16: { code: BUFFER_TYPE.S16, bytes: 2 },
  i32: { code: BUFFER_TYPE.S32, bytes: 4 },
  i64: { code: BUFFER_TYPE.S64, bytes: 8 },
  ui8: { code: BUFFER_TYPE.U8, bytes: 1 },
  ui16: { code: BUFFER_TYPE.U16, bytes: 2 },
  ui32: { code: BUFFER_TYPE.U32, bytes: 4 },
  ui64: { code: BUFFER_TYPE.U64, bytes: 8 },
  f16: { code: BUFFER_TYPE.F16, bytes: 2 },
  bf16: { code: BUFFER_TYPE.BF16, bytes: 2 },
  f32: { code: BUFFER_TYPE.F32, bytes: 4 },
  f64: { code: BUFFER_TYPE.F64, bytes: 8 },
} as const;

/** What one element of a buffer is, spelt as in StableHLO text. An `i1` takes one byte, 0 or 1. */
export type ElementType = keyof typeof TABLE;

const BY_CODE = new Map<number, ElementType>(
  Object.entries(TABLE).map(([name, { code }]) => [code, asElementType(name)]),
);

function asElementType(name: string): ElementType {
  invariant(Object.hasOwn(TABLE, name), `unknown element type ${name}`);
  return name as ElementType;
}

/** Bytes of one element. */
export function bytesOf(type: ElementType): number {
  return TABLE[type].bytes;
}

/** The PJRT_Buffer_Type of `type`; an unknown one would abort the process inside XLA, so it is an L3M_BAD_OPTION here. */
export function bufferTypeOf(type: ElementType): number {
  const entry: { code: number } | undefined = Object.hasOwn(TABLE, type) ? TABLE[type] : undefined;
  if (entry !== undefined) return entry.code;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "unknown element type",
    expected: Object.keys(TABLE).join(", "),
    got: String(type),
  });
}

/** The element type of a PJRT_Buffer_Type that XLA returned. */
export function elementTypeOf(code: number): ElementType {
  const type = BY_CODE.get(code);
  if (type !== undefined) return type;
  const name = Object.entries(BUFFER_TYPE).find(([, value]) => value === code)?.[0] ?? `number ${code}`;
  throw new L3mError("L3M_PJRT", {
    message: `a buffer has the element type ${name}, which L3M does not use`,
    expected: Object.keys(TABLE).join(", "),
  });
}
