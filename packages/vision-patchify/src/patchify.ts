/** Cuts images into patches. B batch, C channels, P patches, K = C * patch height * patch width. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import { patchGrid } from "./patch-grid.ts";

/**
 * Image `[B, C, H, W]` to patch vectors `[B, P, K]`: patches in raster order, each laid out (channel, row, column) as a
 * convolution weight is. Trailing pixels that do not fill a patch are dropped.
 */
export function patchify(image_BCHW: Tensor, patch: readonly [height: number, width: number]): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = image_BCHW.shape;
  const [ph, pw] = patch;
  const [rows, columns] = patchGrid([H, W], patch);
  const isWhole = rows * ph === H && columns * pw === W;
  const whole_BCHW = isWhole ? image_BCHW : tf.slice(image_BCHW, [0, 0, 0, 0], [B, C, rows * ph, columns * pw]);
  const cut = tf.transpose(tf.reshape(whole_BCHW, [B, C, rows, ph, columns, pw]), [0, 2, 4, 1, 3, 5]);
  return tf.reshape(cut, [B, rows * columns, C * ph * pw]);
}
