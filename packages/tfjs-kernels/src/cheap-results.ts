/**
 * Results that are cheaper to compute again than to keep: norms and activations between matrix products. The product behind one
 * keeps it for its own gradient; inside `recomputingCheap` the backward pass makes it again from what lies in front of it, which
 * is kept anyway.
 */
import type { DataId, Tensor } from "@tensorflow/tfjs-core";

/** How a result was made. */
export interface Recipe {
  readonly inputs: readonly Tensor[];
  readonly run: (inputs: readonly Tensor[]) => Tensor;
  /** What the recipe gave when it was followed, for the next one who needs it. */
  again: Tensor | undefined;
}

const recipes = new WeakMap<DataId, Recipe>();
let active = false;

/** Runs `fn`, whose cheap results will be computed again by the gradients taken of it. */
export function recomputingCheap<T>(fn: () => T): T {
  const outer = active;
  active = true;
  try {
    return fn();
  } finally {
    active = outer;
  }
}

/** Remembers how a cheap result was made, inside {@link recomputingCheap}. */
export function rememberRecipe(result: Tensor, inputs: readonly Tensor[], run: Recipe["run"]): void {
  if (active) recipes.set(result.dataId, { inputs, run, again: undefined });
}

/** The recipe of a tensor, or of what it is a reshaped view of. */
export function recipeOf(tensor: Tensor): Recipe | undefined {
  return recipes.get(tensor.dataId);
}
