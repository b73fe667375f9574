/** Random brightness, contrast, saturation and hue of 8-bit images, in random order: the bytes of torchvision on PIL images. */
import { defineTransform, type SampleRng } from "@l3m/core";
import { z } from "zod";
import { adjustBrightness, adjustContrast, adjustSaturation } from "../images/adjust-color.ts";
import { adjustHue } from "../images/adjust-hue.ts";
import { type Image, imageOf, withImage } from "../images/image.ts";
import { uniformFloat32 } from "../rng/uniform-float32.ts";

type Range = readonly [low: number, high: number];

const factor = z.number().nonnegative();
const turn = z.number().min(-0.5).max(0.5);
const around = z.union([factor, z.tuple([factor, factor]).refine(ascending, "the lower end comes first")]).default(0);

/** The adjustments, in the order in which their factors are drawn. */
const ADJUSTMENTS = [adjustBrightness, adjustContrast, adjustSaturation, adjustHue] as const;

/** The transform `data/color-jitter`. */
export const colorJitter = defineTransform({
  name: "color-jitter",
  summary: "Changes brightness, contrast, saturation and hue of 8-bit images by random factors, in random order.",
  aliases: ["torchvision.transforms.ColorJitter", "torchvision.transforms.transforms.ColorJitter"],
  positional: ["brightness", "contrast", "saturation", "hue"],
  options: z.strictObject({
    brightness: around.describe("Factors come from [max(0, 1 - this), 1 + this], or from [low, high]."),
    contrast: around.describe("As brightness."),
    saturation: around.describe("As brightness."),
    hue: z
      .union([turn.nonnegative(), z.tuple([turn, turn]).refine(ascending, "the lower end comes first")])
      .default(0)
      .describe("Turns of the colour circle come from [-this, this], at most 0.5, or from [low, high]."),
    key: z.string().default("image").describe("Key of the image."),
  }),
  build({ brightness, contrast, saturation, hue, key }) {
    const ranges = [
      ...[brightness, contrast, saturation].map((given) => rangeAround(1, given, 0)),
      rangeAround(0, hue, -0.5),
    ];
    return (sample, rng) => withImage(sample, key, jitter(imageOf(sample, key, "data/color-jitter"), ranges, rng));
  },
});

/** Draws the order, then one factor for each adjustment that is on. */
function jitter(image: Image, ranges: readonly (Range | undefined)[], rng: SampleRng): Image {
  const order = drawOrder(ADJUSTMENTS.length, rng);
  const factors = ranges.map((range) => (range === undefined ? undefined : uniformFloat32(rng, ...range)));
  return order.reduce((adjusted, which) => {
    const drawn = factors[which];
    return drawn === undefined ? adjusted : (ADJUSTMENTS[which]?.(adjusted, drawn) ?? adjusted);
  }, image);
}

/** A random order of 0..n-1, from the front as PyTorch's `randperm`. */
function drawOrder(n: number, rng: SampleRng): readonly number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + rng.below(n - i);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/** The range of an option; undefined when it only holds `neutral`, which changes nothing and is not drawn. */
function rangeAround(neutral: number, given: number | Range, least: number): Range | undefined {
  const [low, high] = typeof given === "number" ? [Math.max(least, neutral - given), neutral + given] : given;
  return low === neutral && high === neutral ? undefined : [low, high];
}

function ascending([low, high]: Range): boolean {
  return low <= high;
}
