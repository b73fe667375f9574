/** The ParamScope: a synchronous stack that says which tensors stand for which parameters right now. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { didYouMean, L3mError } from "@l3m/errors";

/** Tensors by parameter or buffer path. */
export type ParamValues = ReadonlyMap<string, Tensor>;

const stack: ParamValues[] = [];

/** Runs `fn` (which must be synchronous) with `values` as the meaning of the parameters in it; inner scopes win. */
export function withParams<R>(values: ParamValues, fn: () => R): R {
  stack.push(values);
  try {
    return fn();
  } finally {
    stack.pop();
  }
}

/** The tensor that stands for `path`, from the innermost scope that has it. */
export function valueInScope(path: string): Tensor {
  for (let i = stack.length - 1; i >= 0; i--) {
    const value = stack[i]?.get(path);
    if (value !== undefined) return value;
  }
  const known = stack.flatMap((values) => [...values.keys()]);
  throw new L3mError("L3M_NO_PARAM_SCOPE", {
    message: `Parameter "${path}" has no value here.${didYouMean(path, known)}`,
    where: { path },
    expected: "a surrounding withParams(values, ...) that holds it",
    got: known.length === 0 ? "no scope" : `scopes with ${known.length} other parameters`,
    fix: "Call the block through Model.forward, or wrap the call in withParams.",
  });
}

/** Every value under `prefix` (a path followed by a dot) that the current scopes hold; inner scopes win. */
export function scopeUnder(prefix: string): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const values of stack) {
    for (const [path, value] of values) if (path.startsWith(prefix)) found.set(path, value);
  }
  return found;
}
