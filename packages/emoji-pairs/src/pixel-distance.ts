/**
 * Squared pixel distances, cut short when they are of no interest. Exact: the mean-pooled images give a lower bound
 * (Cauchy-Schwarz), and a sum that has passed the limit is not finished.
 */
import type { Art } from "./art.ts";

const POOL = 4;

/** Distances between the drawings of one art. */
export class PixelDistance {
  readonly #pixels: Uint8Array;
  readonly #pixelBytes: number;
  readonly #pooled: Int32Array;
  readonly #pooledSize: number;

  constructor(art: Art) {
    this.#pixels = art.pixels;
    this.#pixelBytes = art.size * art.size * 3;
    this.#pooledSize = Math.ceil(art.size / POOL) ** 2 * 3;
    this.#pooled = poolImages(art, this.#pooledSize);
  }

  /** The squared distance of drawings `a` and `b`, or Infinity if it is greater than `limit`. */
  between(a: number, b: number, limit: number): number {
    if (this.#lowerBound(a, b) > limit) return Infinity;
    const pixels = this.#pixels;
    const end = (a + 1) * this.#pixelBytes;
    let sum = 0;
    for (let i = a * this.#pixelBytes, j = b * this.#pixelBytes; i < end; i += 3, j += 3) {
      const red = (pixels[i] ?? 0) - (pixels[j] ?? 0);
      const green = (pixels[i + 1] ?? 0) - (pixels[j + 1] ?? 0);
      const blue = (pixels[i + 2] ?? 0) - (pixels[j + 2] ?? 0);
      sum += red * red + green * green + blue * blue;
      if (sum > limit) return Infinity;
    }
    return sum;
  }

  #lowerBound(a: number, b: number): number {
    const pooled = this.#pooled;
    const end = (a + 1) * this.#pooledSize;
    let sum = 0;
    for (let i = a * this.#pooledSize, j = b * this.#pooledSize; i < end; i++, j++) {
      const difference = (pooled[i] ?? 0) - (pooled[j] ?? 0);
      sum += difference * difference;
    }
    return sum / (POOL * POOL);
  }
}

/** Sums of each POOL x POOL block and channel. */
function poolImages(art: Art, pooledSize: number): Int32Array {
  const { size, pixels } = art;
  const blocks = Math.ceil(size / POOL);
  const pooled = new Int32Array(art.drawings.length * pooledSize);
  for (let drawing = 0; drawing < art.drawings.length; drawing++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const from = ((drawing * size + y) * size + x) * 3;
        const to = drawing * pooledSize + (Math.floor(y / POOL) * blocks + Math.floor(x / POOL)) * 3;
        for (let channel = 0; channel < 3; channel++)
          pooled[to + channel] = (pooled[to + channel] ?? 0) + (pixels[from + channel] ?? 0);
      }
    }
  }
  return pooled;
}
