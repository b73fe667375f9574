/** Random scaling and shifting, each axis on its own, with bilinear interpolation. C channels, H x W pixels. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { type FloatImage, floatImageOf, withPixels } from "../images/float-image.ts";

/** The transform `data/random-scale-shift`. */
export const randomScaleShift = defineTransform({
  name: "random-scale-shift",
  summary: "Shows a random part of an image, or more than the image, scaled and shifted per axis.",
  options: z.strictObject({
    scale: z
      .tuple([z.number().positive(), z.number().positive()])
      .default([0.92, 1.1])
      .describe("Part of each side that is shown; above 1 the image shrinks."),
    shift: z.number().min(0).max(1).default(0.072).describe("Largest shift, as a fraction of the side."),
    fill: z.number().default(1).describe("Value outside of the image; 1 is white."),
    key: z.string().default("image"),
  }),
  build:
    ({ scale: [smallest, largest], shift, fill, key }) =>
    (sample, rng) => {
      const image = floatImageOf(sample, key, "data/random-scale-shift");
      const taps = (size: number): LinearTaps => {
        const scale = smallest + (largest - smallest) * rng.float();
        return linearTaps(size, scale, shift * (2 * rng.float() - 1));
      };
      const vertical = taps(image.height);
      const horizontal = taps(image.width);
      return withPixels(sample, key, image, interpolate(image, vertical, horizontal, fill));
    },
});

/** Two input positions and their weights for each output position; what the weights lack to 1 lies outside. */
interface LinearTaps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly lowWeight: Float32Array;
  readonly highWeight: Float32Array;
}

/** Output position o looks at input position `((o + 0.5) / size - 0.5) * scale + shift + 0.5`, in units of the side. */
function linearTaps(size: number, scale: number, shift: number): LinearTaps {
  const low = new Int32Array(size);
  const high = new Int32Array(size);
  const lowWeight = new Float32Array(size);
  const highWeight = new Float32Array(size);
  for (let o = 0; o < size; o++) {
    const position = (((o + 0.5) / size - 0.5) * scale + shift + 0.5) * size - 0.5;
    const below = Math.floor(position);
    const above = below + 1;
    if (below >= 0 && below < size) {
      low[o] = below;
      lowWeight[o] = above - position;
    }
    if (above >= 0 && above < size) {
      high[o] = above;
      highWeight[o] = position - below;
    }
  }
  return { low, high, lowWeight, highWeight };
}

function interpolate(
  { data, channels, height, width }: FloatImage,
  vertical: LinearTaps,
  horizontal: LinearTaps,
  fill: number,
): Float32Array {
  const out = new Float32Array(data.length);
  const row = new Float32Array(width); // one output row before its horizontal pass, as difference to `fill`
  const { low: left, high: right, lowWeight: leftWeight, highWeight: rightWeight } = horizontal;
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * height * width;
    for (let y = 0; y < height; y++) {
      const above = plane + (vertical.low[y] ?? 0) * width;
      const below = plane + (vertical.high[y] ?? 0) * width;
      const aboveWeight = vertical.lowWeight[y] ?? 0;
      const belowWeight = vertical.highWeight[y] ?? 0;
      const outside = fill * (aboveWeight + belowWeight);
      for (let x = 0; x < width; x++)
        row[x] = aboveWeight * (data[above + x] ?? 0) + belowWeight * (data[below + x] ?? 0) - outside;
      const to = plane + y * width;
      for (let x = 0; x < width; x++) {
        out[to + x] =
          fill + (leftWeight[x] ?? 0) * (row[left[x] ?? 0] ?? 0) + (rightWeight[x] ?? 0) * (row[right[x] ?? 0] ?? 0);
      }
    }
  }
  return out;
}
