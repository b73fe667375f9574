/** Autoregressive pixel prediction. B batch, N patches of the picture, M predictions, C values of a patch. */
import { defineLoss } from "@l3m/core";
import * as z from "zod";
import { patchify } from "./patches.ts";
import { RASTER_OPTIONS, RASTER_PORTS, RASTER_SLOTS, rasterLoss } from "./raster-prediction.ts";

const options = z.strictObject({
  ...RASTER_OPTIONS,
  block_size: z.int().nonnegative().default(1).describe("k: prediction i is for patch i + k; 0 is patch i itself."),
  target_read_key: z
    .string()
    .default("image")
    .describe("Key of the images [B, 3, H, W], or of targets that are patches already, [B, N, C]."),
});

/**
 * Mean squared error of predicted pixels, each patch predicted from those before it (El-Nouby et al. 2024, "AIM"). Fewer
 * predictions than patches are for the last ones. Metric `mse_norm_pix`.
 */
export const rasterPixelLoss = defineLoss({
  name: "raster-pixel-loss",
  summary: "Mean squared error of the pixels of the next patch.",
  aliases: ["l3m.loss.mae_loss.RasterPixelLoss"],
  positional: [
    "patch_size",
    "image_size",
    "norm_pix_loss",
    "norm_pix_dim",
    "block_size",
    "autoregressive_pattern_getter",
    "target_read_key",
    "mask_read_key",
    "loss_fn",
  ],
  options,
  slots: RASTER_SLOTS,
  ports: RASTER_PORTS,
  build: (given, context) =>
    rasterLoss(context, given, [given.block_size], (image) => patchify(image, { patch: given.patch_size })),
});
