/**
 * Results that are cheaper to compute again than to keep: activations between matrix products. The product behind one
 * keeps it for its own gradient; inside `recomputingCheap` the backward pass makes it again from what lies in front of it, which
 * is kept anyway.
 */
import type { DataId, Tensor } from "@tensorflow/tfjs-core";

/** How a result was made. */
export interface Recipe {
  readonly inputs: readonly Tensor[];
  readonly run: (inputs: readonly Tensor[]) => Tensor;
  /** Once it was followed: the inputs as they were used then, and what came of them, for the next one who needs it. */
  again: { readonly inputs: readonly Tensor[]; readonly result: Tensor } | undefined;
}

const recipes = new WeakMap<DataId, Recipe>();
/** The newest by their first input. */
const byInput = new WeakMap<DataId, Recipe>();
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
  if (!active) return;
  const recipe = { inputs, run, again: undefined };
  recipes.set(result.dataId, recipe);
  byInput.set((inputs[0] as Tensor).dataId, recipe);
}

/**
 * The inputs for the gradient of a cheap result: those of the second time if there was one, so that a compiler computes the result
 * and the gradient in one pass over them.
 */
export function inputsForGradient(inputs: readonly Tensor[]): readonly Tensor[] {
  const recipe = byInput.get((inputs[0] as Tensor).dataId);
  const isThis = recipe?.inputs.every(({ dataId }, i) => dataId === inputs[i]?.dataId) ?? false;
  return (isThis ? recipe?.again?.inputs : undefined) ?? inputs;
}

/** The recipe of a tensor, or of what it is a reshaped view of. */
export function recipeOf(tensor: Tensor): Recipe | undefined {
  return recipes.get(tensor.dataId);
}
