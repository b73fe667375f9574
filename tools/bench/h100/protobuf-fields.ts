/** The fields of a serialized protocol buffer, without its schema: enough to read the few that are wanted. */

/** One field: its number, and its value as a number or as the bytes of text, a message or packed numbers. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** In the order of the bytes; ends at the end or at a zero tag (padding). */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  };
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const tag = Number(varint());
    if (tag === 0) return;
    const wire = tag & 7;
    const value = wire === 0 ? varint() : take(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    yield { number: tag >>> 3, value };
  }
}

/** The sub-messages, or text, of one field. */
export function messagesOf(bytes: Uint8Array, number: number): Uint8Array[] {
  return [...protobufFields(bytes)].flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  );
}

/** The last number of one field; 0 when it is absent. */
export function numberOf(bytes: Uint8Array, number: number): number {
  let found = 0n;
  for (const field of protobufFields(bytes))
    if (field.number === number && typeof field.value === "bigint") found = field.value;
  return Number(found);
}

/** The text of one field; empty when it is absent. */
export function textOf(bytes: Uint8Array, number: number): string {
  return Buffer.from(messagesOf(bytes, number).at(-1) ?? []).toString("utf8");
}
