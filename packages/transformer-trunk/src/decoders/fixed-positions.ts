/** The fixed position table of decoders over patches. P positions, N tokens, D width. */
import { type BuildContext, L3mError } from "@l3m/core";
import { sincosTable2d } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";

export interface FixedPositionsOptions {
  /** D, divisible by 4. */
  readonly width: number;
  readonly grid: readonly [rows: number, columns: number];
  /** A row of zeros first, for a class token. */
  readonly cls?: boolean;
}

/**
 * Declares `decoder_pos_embed [1, P, D]`, a sine-cosine table that is not trained (He et al. 2022, A.1), and returns the
 * function that adds its first N rows to tokens `[B, N, D]`.
 *
 * @throws L3M_BAD_OPTION when 4 does not divide D.
 */
export function fixedPositions(context: BuildContext, options: FixedPositionsOptions): (tokens: Tensor) => Tensor {
  const { width: D, grid, cls = false } = options;
  if (D % 4 !== 0) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "A sine-cosine table over rows and columns needs a width divisible by 4.",
      where: { path: `${context.where}.embed_dim` },
      expected: "a multiple of 4",
      got: `${D}`,
      fix: "Change embed_dim, or set disable_pos_embed: true where the decoder has it.",
    });
  }
  const P = grid[0] * grid[1] + (cls ? 1 : 0);
  const table = context.param("decoder_pos_embed", [1, P, D], {
    init: { kind: "table", values: () => sincosTable2d(D, grid, cls) },
    trainable: false,
    axes: ["broadcast", "position", "embed"],
  });
  return (tokens_BND) => tf.add(tokens_BND, firstPositions(table.value, tokens_BND.shape[1] ?? 0, context.where));
}

/**
 * The first N columns of what has one column per position: `[1, P, ...]` to `[1, N, ...]`.
 *
 * @throws L3M_BAD_SHAPE when N > P.
 */
export function firstPositions(table: Tensor, N: number, where: string): Tensor {
  const [, P = 0, ...rest] = table.shape;
  if (N === P) return table;
  if (N < P)
    return tf.slice(
      table,
      table.shape.map(() => 0),
      [1, N, ...rest],
    );
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The decoder reads more tokens than image_size has patches.",
    where: { path: where },
    expected: `at most ${P} tokens`,
    got: `${N} tokens`,
    fix: "Set image_size and patch_size to those of the images, and remove the class token before the decoder.",
  });
}
