/** Turning of hues by way of Pillow's 8-bit HSV. Source: python-pillow/Pillow `src/libImaging/Convert.c`. H, S, V in 0..255. */
import type { Image } from "./image.ts";

const f32 = Math.fround;

/** `factor` in -0.5..0.5 turns of the colour circle. */
export function adjustHue(image: Image, factor: number): Image {
  const shift = Math.trunc(factor * 255);
  const source = image.data;
  const data = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i += 3) {
    const red = source[i] ?? 0;
    const green = source[i + 1] ?? 0;
    const blue = source[i + 2] ?? 0;
    const value = Math.max(red, green, blue);
    const range = value - Math.min(red, green, blue);
    const saturation = range === 0 ? 0 : Math.trunc(f32(range / value) * 255);
    const hue = (hueOf(red, green, blue, value, range) + shift) & 255;
    writeRgb(data, i, hue, saturation, value);
  }
  return { ...image, data };
}

function hueOf(red: number, green: number, blue: number, value: number, range: number): number {
  if (range === 0) return 0;
  const r = f32((value - red) / range);
  const g = f32((value - green) / range);
  const b = f32((value - blue) / range);
  const sextant = f32(red === value ? f32(b - g) : green === value ? 2 + r - b : 4 + g - r);
  const hue = Math.trunc(f32((sextant / 6 + 1) % 1) * 255);
  return Math.min(255, Math.max(0, hue));
}

/** Writes one pixel given as HSV. */
function writeRgb(data: Uint8Array, at: number, hue: number, saturation: number, value: number): void {
  if (saturation === 0) {
    data.fill(value, at, at + 3);
    return;
  }
  const angle = (hue * 6) / 255;
  const sextant = Math.floor(angle);
  const f = f32(angle - sextant);
  const s = f32(saturation / 255);
  const p = Math.round(value * (1 - s));
  const q = Math.round(value * (1 - f32(s * f)));
  const t = Math.round(value * (1 - s * (1 - f)));
  const [red, green, blue] = rgbOfSextant(sextant % 6, value, p, q, t);
  data[at] = red;
  data[at + 1] = green;
  data[at + 2] = blue;
}

function rgbOfSextant(sextant: number, v: number, p: number, q: number, t: number): readonly [number, number, number] {
  switch (sextant) {
    case 0:
      return [v, t, p];
    case 1:
      return [q, v, p];
    case 2:
      return [p, v, t];
    case 3:
      return [p, q, v];
    case 4:
      return [t, p, v];
    default:
      return [v, p, q];
  }
}
