/**
 * Resizing that gives the very bytes of Pillow, and so of torchvision on PIL images: two passes in 22-bit fixed point, with
 * the kernel widened when shrinking (antialiasing). Source: python-pillow/Pillow `src/libImaging/Resample.c`.
 */
import type { CropBox, Image } from "./image.ts";
import { type Interpolation, RESAMPLE_FILTERS, type ResampleFilter } from "./resample-filters.ts";

const PRECISION_BITS = 22;
const ONE = 2 ** PRECISION_BITS;
const HALF = 2 ** (PRECISION_BITS - 1);

/** For each output position the first input position, the number of taps, and the fixed-point weights (`stride` apart). */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Resizes the part of an image inside `box` (default all of it) to `height` x `width`. Equal to Pillow's `crop(box).resize(...)`. */
export function resample(
  image: Image,
  height: number,
  width: number,
  interpolation: Interpolation,
  box: CropBox = wholeOf(image),
): Image {
  const filter = RESAMPLE_FILTERS[interpolation];
  const origin = (box.top * image.width + box.left) * 3;
  const narrowed = resampleRows(image.data.subarray(origin), image.width * 3, box.height, box.width, width, filter);
  const data = resampleColumns(narrowed, box.height, width, height, filter);
  return { data, height, width };
}

function wholeOf(image: Image): CropBox {
  return { top: 0, left: 0, height: image.height, width: image.width };
}

/** Horizontal pass: `[rows, inWidth]` pixels, rows `pitch` bytes apart, to `[rows, outWidth]`, packed. */
function resampleRows(
  source: Uint8Array,
  pitch: number,
  rows: number,
  inWidth: number,
  outWidth: number,
  filter: ResampleFilter,
): Uint8Array {
  const out = new Uint8Array(rows * outWidth * 3);
  if (inWidth === outWidth) {
    for (let y = 0; y < rows; y++) out.set(source.subarray(y * pitch, y * pitch + inWidth * 3), y * outWidth * 3);
    return out;
  }
  const { first, count, weights, stride } = tapsOf(inWidth, outWidth, filter);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < outWidth; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = y * pitch + (first[x] ?? 0) * 3;
      const end = x * stride + (count[x] ?? 0);
      for (let tap = x * stride; tap < end; tap++, from += 3) {
        const weight = weights[tap] ?? 0;
        red = (red + Math.imul(weight, source[from] ?? 0)) | 0;
        green = (green + Math.imul(weight, source[from + 1] ?? 0)) | 0;
        blue = (blue + Math.imul(weight, source[from + 2] ?? 0)) | 0;
      }
      out[to] = clipToByte(red);
      out[to + 1] = clipToByte(green);
      out[to + 2] = clipToByte(blue);
      to += 3;
    }
  }
  return out;
}

/** Vertical pass: `[inHeight, width]` pixels to `[outHeight, width]`, both packed. */
function resampleColumns(
  source: Uint8Array,
  inHeight: number,
  width: number,
  outHeight: number,
  filter: ResampleFilter,
): Uint8Array {
  if (inHeight === outHeight) return source;
  const row = width * 3;
  const out = new Uint8Array(outHeight * row);
  const { first, count, weights, stride } = tapsOf(inHeight, outHeight, filter);
  const sums = new Int32Array(row);
  for (let y = 0; y < outHeight; y++) {
    sums.fill(HALF);
    let from = (first[y] ?? 0) * row;
    const end = y * stride + (count[y] ?? 0);
    for (let tap = y * stride; tap < end; tap++) {
      const weight = weights[tap] ?? 0;
      for (let x = 0; x < row; x++, from++) sums[x] = ((sums[x] ?? 0) + Math.imul(weight, source[from] ?? 0)) | 0;
    }
    for (let x = 0, to = y * row; x < row; x++, to++) out[to] = clipToByte(sums[x] ?? 0);
  }
  return out;
}

/** `precompute_coeffs` and `normalize_coeffs_8bpc` of Pillow. */
function tapsOf(inSize: number, outSize: number, filter: ResampleFilter): Taps {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const weights = new Int32Array(outSize * stride);
  const row = new Float64Array(stride);
  for (let position = 0; position < outSize; position++) {
    const center = (position + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(inSize, Math.trunc(center + support + 0.5)) - low;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = filter.weight((tap + low - center + 0.5) * (1 / filterScale));
      row[tap] = weight;
      sum += weight;
    }
    first[position] = low;
    count[position] = taps;
    for (let tap = 0; tap < taps; tap++) {
      const weight = sum === 0 ? (row[tap] ?? 0) : (row[tap] ?? 0) / sum;
      weights[position * stride + tap] = Math.trunc(weight * ONE + (weight < 0 ? -0.5 : 0.5));
    }
  }
  return { first, count, weights, stride };
}

function clipToByte(fixed: number): number {
  const value = fixed >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
