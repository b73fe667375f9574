/** Autoregressive pixel prediction of videos. B batch, T frames, N patches of t frames, M predictions, C values of a patch. */
import { defineLoss } from "@l3m/core";
import * as z from "zod";
import { patchify } from "./patches.ts";
import { RASTER_OPTIONS, RASTER_PORTS, RASTER_SLOTS, rasterLoss } from "./raster-prediction.ts";

const options = z.strictObject({
  ...RASTER_OPTIONS,
  t_size: z.int().positive().describe("t, frames of a patch."),
  block_size: z.int().nonnegative().default(1).describe("k: prediction i is for patch i + k; 0 is patch i itself."),
  target_read_key: z
    .string()
    .default("video")
    .describe("Key of the videos [B, 3, T, H, W], or of targets that are patches already, [B, N, C]."),
});

/** As `losses/raster-pixel-loss` for patches of t frames, in the order frames, rows, columns. Metric `mse_norm_pix`. */
export const videoRasterPixelLoss = defineLoss({
  name: "video-raster-pixel-loss",
  summary: "Mean squared error of the pixels of the next patch of a video.",
  aliases: ["l3m.loss.mae_loss.VideoRasterPixelLoss"],
  positional: ["t_size"],
  options,
  slots: RASTER_SLOTS,
  ports: RASTER_PORTS,
  build: (given, context) =>
    rasterLoss(context, given, [given.block_size], (video) =>
      patchify(video, { patch: given.patch_size, frames: given.t_size }),
    ),
});
