/**
 * Brightness, contrast and saturation of 8-bit images: the image blended with a plainer one, in the float32 arithmetic of
 * Pillow. Source: python-pillow/Pillow `src/libImaging/Blend.c`, `PIL/ImageEnhance.py`.
 */
import type { Image } from "./image.ts";

/** Pillow's luma weights in 16-bit fixed point. */
const [RED, GREEN, BLUE] = [19595, 38470, 7471];

/** `factor` 0 is black, 1 the image itself. */
export function adjustBrightness(image: Image, factor: number): Image {
  return mapBytes(image, blendTable(0, factor));
}

/** `factor` 0 is the mean grey of the image, 1 the image itself. */
export function adjustContrast(image: Image, factor: number): Image {
  const grey = greyOf(image);
  let sum = 0;
  for (const value of grey) sum += value;
  return mapBytes(image, blendTable(Math.trunc(sum / grey.length + 0.5), factor));
}

/** `factor` 0 is the image in grey, 1 the image itself. */
export function adjustSaturation(image: Image, factor: number): Image {
  const source = image.data;
  const data = new Uint8Array(source.length);
  const f = Math.fround(factor);
  greyOf(image).forEach((grey, pixel) => {
    for (let i = pixel * 3; i < pixel * 3 + 3; i++) data[i] = blendByte(grey, source[i] ?? 0, f);
  });
  return { ...image, data };
}

/** Luma of every pixel. */
function greyOf({ data }: Image): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let pixel = 0, i = 0; pixel < grey.length; pixel++, i += 3) {
    const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
    grey[pixel] = (red * RED + green * GREEN + blue * BLUE + 0x8000) >> 16;
  }
  return grey;
}

/** What every byte becomes when blended with the byte `plain`. */
function blendTable(plain: number, factor: number): Uint8Array {
  const f = Math.fround(factor);
  return Uint8Array.from({ length: 256 }, (_, byte) => blendByte(plain, byte, f));
}

/** `plain + factor * (byte - plain)`, cut to whole bytes. */
function blendByte(plain: number, byte: number, factor: number): number {
  const blended = Math.fround(plain + Math.fround(factor * (byte - plain)));
  return blended <= 0 ? 0 : blended >= 255 ? 255 : Math.trunc(blended);
}

function mapBytes(image: Image, table: Uint8Array): Image {
  return { ...image, data: image.data.map((byte) => table[byte] ?? 0) };
}
