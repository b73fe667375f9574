/** Pixel reconstruction of removed patches. B batch, N patches, C = 3 P P values of a patch, S pixels on a side. */
import * as tf from "@l3m/core/tf";
import { castPrecision, detach } from "@l3m/core/nn";
import { defineLoss, fromOption, read } from "@l3m/core";
import * as z from "zod";
import { checkPredictions } from "./patch-predictions.ts";
import { patchify, unpatchify } from "./patches.ts";
import { standardisePatches } from "./standardise-patches.ts";

const options = z.strictObject({
  patch_size: z.int().positive().default(16).describe("P, pixels on a side of a patch."),
  norm_pix_loss: z.boolean().default(true).describe("Standardise every target patch by its own mean and variance."),
  target_read_key: z.string().default("image").describe("Key of the images [B, 3, S, S]."),
  mask_read_key: z.string().default("mask").describe("Key of the mask [B, N]: true is a removed patch, which counts."),
});

/** Mean squared error over the removed patches of the batch (He et al. 2022). Metric `mae_loss`. A batch without any gives NaN. */
export const maeLoss = defineLoss({
  name: "mae-loss",
  summary: "Mean squared error of the pixels of removed patches, as masked autoencoders learn.",
  aliases: ["l3m.loss.mae_loss.MAELoss"],
  positional: ["patch_size", "norm_pix_loss", "target_read_key", "mask_read_key"],
  options,
  ports: {
    predictions: read(null, "B N C"),
    image: read(fromOption("target_read_key"), "B 3 S S"),
    mask: read(fromOption("mask_read_key"), "B N"),
  },
  build: ({ patch_size: patch, norm_pix_loss }) => ({
    forward({ predictions, image, mask }) {
      const patches_BNC = patchify(castPrecision(image, "f32"), { patch });
      checkPredictions(predictions, patches_BNC, { all: true });
      const targets_BNC = norm_pix_loss ? standardisePatches(patches_BNC, [-1]) : patches_BNC;
      const error_BN = tf.mean(tf.squaredDifference(castPrecision(predictions, "f32"), targets_BNC), -1);
      const removed_BN = tf.cast(mask, "float32");
      const loss = tf.div(tf.sum(tf.mul(error_BN, removed_BN)), tf.sum(removed_BN));
      return { loss, metrics: { mae_loss: detach(loss) } };
    },
    functions: { patchify: (image) => patchify(image, { patch }), unpatchify: (x) => unpatchify(x, { patch }) },
  }),
});
