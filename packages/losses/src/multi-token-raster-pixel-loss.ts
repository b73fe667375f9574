/** Autoregressive pixel prediction by several heads. B batch, M predictions, K heads, C values of a patch. */
import { defineLoss } from "@l3m/core";
import * as z from "zod";
import { patchify } from "./patches.ts";
import { RASTER_OPTIONS, RASTER_PORTS, RASTER_SLOTS, rasterLoss } from "./raster-prediction.ts";

const options = z.strictObject({
  ...RASTER_OPTIONS,
  block_size: z
    .array(z.int().nonnegative())
    .min(1)
    .describe("k of every head: its prediction i is for patch i + k. There are K heads."),
  target_read_key: z
    .string()
    .default("image")
    .describe("Key of the images [B, 3, H, W], or of targets that are patches already, [B, N, C]."),
});

/**
 * As `losses/raster-pixel-loss` with predictions `[B, M, K C]`, head after head; the mean is over all patches that count of all
 * heads (Gloeckle et al. 2024, "multi-token prediction", for pixels). Metric `mse_norm_pix`.
 */
export const multiTokenRasterPixelLoss = defineLoss({
  name: "multi-token-raster-pixel-loss",
  summary: "Mean squared error of the pixels of the next few patches, one head for each.",
  aliases: ["l3m.loss.mae_loss.MultiTokenRasterPixelLoss"],
  positional: ["block_size"],
  options,
  slots: RASTER_SLOTS,
  ports: RASTER_PORTS,
  build: (given, context) =>
    rasterLoss(context, given, given.block_size, (image) => patchify(image, { patch: given.patch_size })),
});
