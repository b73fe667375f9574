/** bfloat16 on the host: the upper half of a float32, rounded to nearest even. */

/** The values rounded to bfloat16, still as float32. NaN stays NaN. */
export function roundToBf16(values: Float32Array): Float32Array {
  const result = Float32Array.from(values);
  const bits = new Uint32Array(result.buffer);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number;
    if ((word & 0x7fffffff) > 0x7f800000) continue;
    bits[i] = ((word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000) >>> 0;
  }
  return result;
}
