/** The test image of fixtures/make-fixtures.py. */
import type { Image } from "../src/index.ts";

/** `(7y + 13x + 29c + xy) mod 256`. */
export function pattern(height: number, width: number): Image {
  const data = new Uint8Array(height * width * 3);
  for (let i = 0; i < data.length; i++) {
    const c = i % 3;
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    data[i] = 7 * y + 13 * x + 29 * c + x * y;
  }
  return { data, height, width };
}
