/** Large arrays go through files in pieces: one call of the operating system moves 2 GiB at most. */

/** Large enough for the disk, small enough that hashing one and writing it overlap. */
export const PIECE_BYTES = 16 * 2 ** 20;

/** Views over the bytes of an array, in order, of at most {@link PIECE_BYTES} each; nothing is copied. */
export function* piecesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Generator<Uint8Array> {
  for (let start = 0; start < byteLength; start += PIECE_BYTES)
    yield new Uint8Array(buffer, byteOffset + start, Math.min(PIECE_BYTES, byteLength - start));
}
