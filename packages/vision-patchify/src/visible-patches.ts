/** Leaving out masked patches. B batch, P patches, N tokens, K patches that remain, D width. */
import { formatShape, L3mError } from "@l3m/core";
import { takeMasked } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";

export interface VisibleOptions {
  /** The sequence starts with a class token, which stays. */
  readonly hasCls: boolean;
  /** K. */
  readonly count: number;
  /** Dotted path of the block, for errors. */
  readonly where: string;
}

/**
 * Tokens `[B, N, D]` whose patch is visible: `[B, K (+ 1), D]`. `mask` bool `[B, P]`: true = left out; every row must have K
 * false entries.
 *
 * @throws L3M_BAD_SHAPE when the mask has another length
 */
export function visiblePatches(tokens_BND: Tensor, mask_BP: Tensor, { hasCls, count, where }: VisibleOptions): Tensor {
  const [B = 0, N = 0, D = 0] = tokens_BND.shape;
  const P = hasCls ? N - 1 : N;
  if (mask_BP.shape[1] !== P) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "The patch mask has another length than the image has patches.",
      where: { path: where },
      expected: `bool[${B},${P}]`,
      got: formatShape(mask_BP.shape, mask_BP.dtype),
      fix: "Set num_patches of the mask generator to the number of patches.",
    });
  }
  const visible_BP = tf.logicalNot(mask_BP);
  if (!hasCls) return takeMasked(tokens_BND, visible_BP, count);
  const cls_B1D = tf.slice(tokens_BND, [0, 0, 0], [B, 1, D]);
  const patches_BPD = tf.slice(tokens_BND, [0, 1, 0], [B, P, D]);
  return tf.concat([cls_B1D, takeMasked(patches_BPD, visible_BP, count)], 1);
}

/** K of one call: what came with the mask, else the option. Shapes are static, so it is never read from the mask. */
export function visibleCount(given: unknown, option: number | null, mask_BP: Tensor, where: string): number {
  const count = given ?? option;
  const P = mask_BP.shape[1] ?? 0;
  if (typeof count === "number" && Number.isInteger(count) && count > 0 && count <= P) return count;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "drop_patches needs to know how many patches remain per image.",
    where: { path: `${where}.num_visible` },
    expected: `an integer from 1 to ${P}`,
    got: count === null || count === undefined ? "nothing" : JSON.stringify(count),
    fix: "Set num_visible to the number that the mask generator leaves, or let the data write it under <mask key>_num_visible.",
  });
}
