/** Images and labels mixed with those of another sample of the batch. B samples, C x H x W images, V classes. */
import { type Batch, defineCollate, type Sample, type SampleRng } from "@l3m/core";
import { invariant, L3mError } from "@l3m/errors";
import { z } from "zod";
import { type TensorField, wrongField } from "../tensor-field.ts";
import { stackSamples } from "./default-collate.ts";
import { drawMixes, type Mix } from "./mixing-plan.ts";

const alpha = z.number().nonnegative();
const fraction = z.number().min(0).max(1);

/**
 * Stacks samples, then mixes `image` float32 `[B, C, H, W]` with the batch in reverse order, and turns the class numbers
 * `target` int32 `[B]` into float32 `[B, V]`: smoothed, and mixed in the same shares. An odd batch leaves its middle sample to itself.
 */
export const mixup = defineCollate({
  name: "mixup",
  summary: "Mixup and CutMix of a batch with itself, with smoothed labels.",
  aliases: ["timm.data.Mixup", "timm.data.mixup.Mixup"],
  positional: [
    "mixup_alpha",
    "cutmix_alpha",
    "cutmix_minmax",
    "prob",
    "switch_prob",
    "mode",
    "correct_lam",
    "label_smoothing",
    "num_classes",
  ],
  options: z.strictObject({
    mixup_alpha: alpha.default(1).describe("Shares of mixup come from Beta(this, this); 0 = no mixup."),
    cutmix_alpha: alpha.default(0).describe("Shares of CutMix come from Beta(this, this); 0 = no CutMix."),
    cutmix_minmax: z
      .tuple([fraction, fraction])
      .nullish()
      .describe("Sides of CutMix boxes as fractions of the image's, instead of by their area."),
    prob: fraction.default(1).describe("Probability that anything is mixed."),
    switch_prob: fraction.default(0.5).describe("Probability of CutMix where both are on."),
    mode: z
      .enum(["batch", "pair", "elem"])
      .default("batch")
      .describe("What is drawn at once: the whole batch, every pair, or every sample."),
    correct_lam: z.boolean().default(true).describe("Label shares by the pixels that a box covers inside the image."),
    label_smoothing: fraction.default(0.1).describe("Spread over all classes."),
    num_classes: z.int().positive().default(1000).describe("V, the number of classes."),
    cutmix_high: z
      .enum(["floor", "ceil"])
      .default("floor")
      .describe("Where a box of odd size ends: floor as timm up to 1.0.28, ceil as later ones."),
    image_key: z.string().default("image").describe("Key of the images."),
    target_key: z.string().default("target").describe("Key of the class numbers."),
  }),
  build(options, context) {
    const minmax = options.cutmix_minmax ?? null;
    const plan = {
      mixupAlpha: options.mixup_alpha,
      cutmixAlpha: minmax === null ? options.cutmix_alpha : 1,
      cutmixMinmax: minmax,
      prob: options.prob,
      switchProb: options.switch_prob,
      mode: options.mode,
      correctLam: options.correct_lam,
      cutmixHigh: options.cutmix_high,
    };
    if (plan.mixupAlpha === 0 && plan.cutmixAlpha === 0 && plan.prob > 0) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "data/mixup has nothing to mix with.",
        where: { path: context.where },
        expected: "mixup_alpha or cutmix_alpha above 0",
        got: "both 0",
        fix: "Set one of them, or prob to 0 for smoothed labels only.",
      });
    }
    return (samples: readonly Sample[], rng?: SampleRng): Batch => {
      invariant(rng !== undefined, "data/mixup needs the randomness of the batch");
      const { tensors, values } = stackSamples(samples);
      const image = imagesOf(tensors, options.image_key);
      const target = targetsOf(tensors, options.target_key, options.num_classes);
      const [batchSize = 0, , height = 0, width = 0] = image.shape;
      const mixes = drawMixes(plan, batchSize, height, width, rng);
      return {
        tensors: {
          ...tensors,
          [options.image_key]: mixImages(image, mixes),
          [options.target_key]: mixTargets(target, options.num_classes, options.label_smoothing, mixes),
        },
        values,
      };
    };
  },
});

function imagesOf(tensors: Batch["tensors"], key: string): { data: Float32Array; shape: readonly number[] } {
  const field = tensors[key];
  if (field?.data instanceof Float32Array && field.shape.length === 4) return { data: field.data, shape: field.shape };
  throw wrongField("data/mixup", key, "f32[B,C,H,W], images after data/to-tensor", field);
}

function targetsOf(tensors: Batch["tensors"], key: string, classes: number): Int32Array {
  const field = tensors[key];
  const fits = field?.data instanceof Int32Array && field.shape.length === 1;
  if (!fits) throw wrongField("data/mixup", key, "i32[B], class numbers", field);
  const wrong = field.data.find((target) => target < 0 || target >= classes);
  if (wrong === undefined) return field.data as Int32Array;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "data/mixup knows fewer classes than the data has.",
    expected: `num_classes above ${wrong}`,
    got: String(classes),
    fix: "Set num_classes to the number of classes of the data.",
  });
}

/** @returns float32 `[B, C, H, W]` */
function mixImages(image: { data: Float32Array; shape: readonly number[] }, mixes: readonly Mix[]): TensorField {
  const { data: source, shape } = image;
  const [batchSize = 0, , , width = 1] = shape;
  const size = source.length / batchSize;
  const [, , height = 1] = shape;
  const data = source.slice();
  mixes.forEach(({ share, box }, row) => {
    if (share === 1) return;
    const own = row * size;
    const partner = (batchSize - 1 - row) * size;
    if (box === undefined) {
      const [kept, taken] = [Math.fround(share), Math.fround(1 - share)];
      for (let i = 0; i < size; i++)
        data[own + i] = Math.fround((source[own + i] ?? 0) * kept) + Math.fround((source[partner + i] ?? 0) * taken);
      return;
    }
    for (let plane = 0; plane < size; plane += height * width) {
      for (let y = box.top; y < box.bottom; y++) {
        const from = plane + y * width + box.left;
        const to = plane + y * width + box.right;
        data.set(source.subarray(partner + from, partner + to), own + from);
      }
    }
  });
  return { data, shape };
}

/** @returns float32 `[B, V]` */
function mixTargets(target: Int32Array, classes: number, smoothing: number, mixes: readonly Mix[]): TensorField {
  const off = Math.fround(smoothing / classes);
  const on = Math.fround(1 - smoothing + smoothing / classes);
  const data = new Float32Array(target.length * classes);
  mixes.forEach(({ share }, row) => {
    const [kept, taken] = [Math.fround(share), Math.fround(1 - share)];
    const [own, partner] = [target[row], target[target.length - 1 - row]];
    for (let label = 0; label < classes; label++) {
      const mine = Math.fround((label === own ? on : off) * kept);
      data[row * classes + label] = mine + Math.fround((label === partner ? on : off) * taken);
    }
  });
  return { data, shape: [target.length, classes] };
}
