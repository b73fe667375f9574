/**
 * Images and videos as rows of patches. B batch, C colours, T frames, H x W pixels, t frames and P x P pixels of a patch, N
 * patches of t P P C values.
 */
import * as tf from "@l3m/core/tf";
import { formatShape, L3mError } from "@l3m/core";

export interface PatchSize {
  /** P, pixels. */
  readonly patch: number;
  /** t, frames; default 1. */
  readonly frames?: number;
}

/**
 * Images `[B, C, H, W]` or videos `[B, C, T, H, W]` to `[B, N, t*P*P*C]`: patches frame by frame and row by row, inside a patch
 * frame, row, column and, fastest, colour (He et al. 2022, "Masked Autoencoders", and its reference code).
 *
 * @throws L3M_BAD_SHAPE unless whole patches fill it
 */
export function patchify(pixels: tf.Tensor, { patch: P, frames: t = 1 }: PatchSize): tf.Tensor {
  const [B = 0, C = 0] = pixels.shape;
  const [T = 0, H = 0, W = 0] = pixels.rank === 4 ? [1, ...pixels.shape.slice(2)] : pixels.shape.slice(2);
  if (pixels.rank < 4 || pixels.rank > 5 || T % t !== 0 || H % P !== 0 || W % P !== 0) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "The picture does not divide into patches.",
      expected: `[B, C, H, W] or [B, C, T, H, W] with H and W multiples of ${P}, T of ${t}`,
      got: formatShape(pixels.shape),
      fix: "Correct patch_size, or the size that the data comes in.",
    });
  }
  const [d, h, w] = [T / t, H / P, W / P];
  const colourLast = tf.transpose(tf.reshape(pixels, [B, C, T, H * W]), [0, 2, 3, 1]);
  const split = tf.reshape(colourLast, [B * d, t, h, P, w, P * C]);
  return tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3, 5]), [B, d * h * w, t * P * P * C]);
}

/**
 * The inverse of {@link patchify} for square RGB images: `[B, N, 3*P*P]` to `[B, 3, S, S]`.
 *
 * @throws L3M_BAD_SHAPE unless N is a square number
 */
export function unpatchify(patches_BNC: tf.Tensor, { patch: P }: PatchSize): tf.Tensor {
  const [B = 0, N = 0] = patches_BNC.shape;
  const h = Math.round(Math.sqrt(N));
  if (h * h !== N) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "The patches do not make a square image.",
      expected: "a square number of patches",
      got: `${N}`,
      fix: "Leave class tokens and registers out.",
    });
  }
  const rows = tf.transpose(tf.reshape(patches_BNC, [B, h, h, P, P * 3]), [0, 1, 3, 2, 4]);
  return tf.transpose(tf.reshape(rows, [B, h * P, h * P, 3]), [0, 3, 1, 2]);
}
