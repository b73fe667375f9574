/**
 * What the autoregressive pixel losses share. B batch, N patches of the picture, M predictions (the last M patches are their
 * targets), C values of a patch, k offset: prediction i is for patch i + k.
 */
import * as tf from "@l3m/core/tf";
import { castPrecision, detach } from "@l3m/core/nn";
import {
  type BuildContext,
  formatShape,
  type ForwardContext,
  fromOption,
  type HostArray,
  type LossBody,
  L3mError,
  maybeRead,
  maybeSlot,
  read,
  slot,
  type SlotValues,
} from "@l3m/core";
import * as z from "zod";
import { checkOffset } from "./offset.ts";
import { checkPredictions } from "./patch-predictions.ts";
import { standardisePatches } from "./standardise-patches.ts";

type Tensor = tf.Tensor;

/** Options that every one of them has. */
export const RASTER_OPTIONS = {
  patch_size: z.int().positive().default(16).describe("P, pixels on a side of a patch."),
  image_size: z
    .union([z.int().positive(), z.array(z.int().positive()).length(2)], "a positive number, or [height, width]")
    .default(224)
    .describe("Size of the pictures in pixels, one number or [height, width]."),
  norm_pix_loss: z.boolean().default(true).describe("Standardise the targets by mean and variance."),
  norm_pix_dim: z
    .union([z.int(), z.array(z.int()).min(1)], "an axis, or a list of axes")
    .default(-1)
    .describe("Axes of [B, N, C] over which they are taken; -1 is within a patch."),
  mask_read_key: z
    .string()
    .nullish()
    .describe("Key of a mask [B, N]: only true patches count. A mask without any true counts as all true."),
};

export const RASTER_SLOTS = {
  autoregressive_pattern_getter: maybeSlot("function"),
  loss_fn: slot("loss", { default: "losses/mse-loss" }),
};

type RasterOptions = z.infer<z.ZodObject<typeof RASTER_OPTIONS>> & SlotValues<typeof RASTER_SLOTS>;

export const RASTER_PORTS = {
  predictions: read(null, "B M ..."),
  target: read(fromOption("target_read_key"), "B ..."),
  mask: maybeRead(fromOption("mask_read_key"), "B N"),
};

/**
 * The loss of one head per offset k: the predictions `[B, M, K C]` hold the heads one after the other, `toPatches` makes patches
 * of a picture. Declares what the slots name.
 */
export function rasterLoss(
  context: BuildContext,
  given: RasterOptions,
  offsets: readonly number[],
  toPatches: (pixels: Tensor) => Tensor,
): LossBody<typeof RASTER_PORTS> {
  const elementwise = context.child("loss_fn", given.loss_fn, { reduction: "none" });
  const arrange = scanOrder(context, given);
  const axes = [given.norm_pix_dim].flat();

  /** Sum of the mean errors of all patches that count, and their number. */
  const errorAt = (
    k: number,
    prediction_BMC: Tensor,
    target_BMC: Tensor,
    mask_BM: Tensor | undefined,
    forward: ForwardContext,
  ) => {
    const [B = 0, M = 0, C = 0] = prediction_BMC.shape;
    const entries = new Map([
      ["prediction", tf.slice(prediction_BMC, [0, 0, 0], [B, M - k, C])],
      ["target", tf.slice(target_BMC, [0, k, 0], [B, M - k, C])],
    ]);
    const error_BM = tf.mean(elementwise.forward(entries, forward).loss, -1);
    if (mask_BM === undefined) return { sum: tf.sum(error_BM), count: tf.scalar(error_BM.size) };
    const counts_BM = orAll(tf.slice(mask_BM, [0, k], [B, M - k]), context.compat);
    return { sum: tf.sum(tf.mul(error_BM, counts_BM)), count: tf.sum(counts_BM) };
  };

  return {
    forward({ predictions, target, mask }, forward) {
      if (mask === undefined && given.mask_read_key != null) throw noMask(given.mask_read_key, context.where);
      const [, M = 0] = predictions.shape;
      const pixels = castPrecision(target, "f32");
      const all_BNC = target.rank === 3 ? pixels : toPatches(pixels);
      checkPredictions(predictions, all_BNC, { heads: offsets.length });
      checkOffset(Math.max(...offsets), M);
      const patches = arrange(all_BNC, M, forward);
      const target_BMC = given.norm_pix_loss ? standardisePatches(patches, axes) : patches;
      if (mask !== undefined && M < (mask.shape[1] ?? 0) && offsets.includes(0)) throw onlySome(M, mask, context.where);
      if (mask !== undefined) checkMask(mask, all_BNC, context.where);
      const mask_BM = mask === undefined ? undefined : arrange(tf.cast(mask, "float32"), M, forward);
      const [B = 0, , C = 0] = target_BMC.shape;
      const arranged = arrange(castPrecision(predictions, "f32"), M, forward);
      const heads = offsets.map((_, head) => tf.slice(arranged, [0, 0, head * C], [B, M, C]));
      const errors = heads.map((head, i) => errorAt(offsets[i] as number, head, target_BMC, mask_BM, forward));
      const loss = tf.div(tf.addN(errors.map(({ sum }) => sum)), tf.addN(errors.map(({ count }) => count)));
      return { loss, metrics: { mse_norm_pix: detach(loss) } };
    },
    functions: { patchify: toPatches },
  };
}

/** Takes the last `count` entries of axis 1, in the order of the scan if the options name one. */
function scanOrder(
  context: BuildContext,
  { autoregressive_pattern_getter: getter }: RasterOptions,
): (x: Tensor, count: number, forward: ForwardContext) => Tensor {
  const [order] =
    getter === null ? [] : (context.child("autoregressive_pattern_getter", getter).call() as readonly HostArray[]);
  const permutation =
    order === undefined
      ? undefined
      : context.buffer("permutation", [order.data.length], {
          init: { kind: "table", values: () => order.data },
          dtype: "int32",
          persistent: false,
        });
  return (x, count, { state }) => {
    if (order !== undefined && order.data.length !== count) throw otherGrid(order.data.length, count, context.where);
    const from = (x.shape[1] ?? 0) - count;
    const start = x.shape.map((_, axis) => (axis === 1 ? from : 0));
    const last =
      from === 0
        ? x
        : tf.slice(
            x,
            start,
            x.shape.map((size, axis) => (axis === 1 ? count : size)),
          );
    return permutation === undefined ? last : tf.gather(last, state.get(permutation), 1);
  };
}

function otherGrid(cells: number, count: number, where: string): L3mError {
  return new L3mError("L3M_BAD_SHAPE", {
    message: "The scan visits another number of patches than are predicted.",
    where: { path: `${where}.autoregressive_pattern_getter` },
    expected: `a pattern of ${count} cells`,
    got: `one of ${cells}`,
    fix: "Set grid_size to the rows and columns of the patches.",
  });
}

/** The mask, or ones where it is empty: the mean over nothing would be NaN (as in ml-l3m, which `compat` reproduces). */
function orAll(mask: Tensor, compat: boolean): Tensor {
  return compat ? mask : tf.where(tf.equal(tf.sum(mask), 0), tf.onesLike(mask), mask);
}

/** @throws L3M_BAD_SHAPE unless the mask says something of every patch */
function checkMask(mask: Tensor, patches_BNC: Tensor, where: string): void {
  const [B = 0, N = 0] = patches_BNC.shape;
  if (mask.shape[1] === N) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The mask has another length than the picture has patches.",
    where: { path: where },
    expected: formatShape([B, N]),
    got: formatShape(mask.shape, mask.dtype),
    fix: "Set num_patches of the mask generator to the number of patches.",
  });
}

/** With offset 0, fewer predictions than patches would be those of the masked patches, which a static shape cannot pick out. */
function onlySome(M: number, mask: Tensor, where: string): L3mError {
  return new L3mError("L3M_BAD_SHAPE", {
    message: "A mask with block_size 0 needs a prediction of every patch; the mask chooses which of them count.",
    where: { path: where },
    expected: `${mask.shape[1] ?? 0} predictions`,
    got: `${M} predictions`,
    fix: "Let the head predict all patches, or leave mask_read_key out.",
  });
}

function noMask(key: string, where: string): L3mError {
  return new L3mError("L3M_MISSING_KEY", {
    message: `Nothing wrote the mask "${key}" of the patches that count.`,
    where: { path: `${where}.mask_read_key` },
    expected: `"${key}" in the DataDict`,
    got: "nothing",
    fix: "Let the data or the preprocessor write it, or leave mask_read_key out.",
  });
}
