/** Floats of 16 bits: IEEE 754 half precision and bfloat16, as their bits. */

/** Every bfloat16 is the upper half of an f32. */
export function bf16ToF32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = (bits[i] as number) << 16;
  return new Float32Array(values.buffer);
}

/** To the nearest bfloat16, ties to the even one, as PyTorch rounds; every NaN becomes 0x7fc0. */
export function f32ToBf16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = bits[i] as number;
    const isNaN = (value & 0x7fffffff) > 0x7f800000;
    rounded[i] = isNaN ? 0x7fc0 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return rounded;
}

export function f16ToF32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = F16_VALUES[bits[i] as number] as number;
  return values;
}

/** The value of every half. */
const F16_VALUES = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
});
