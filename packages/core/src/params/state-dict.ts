/** Setting weights by their PyTorch state-dict names. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { didYouMean, formatShape, L3mError, throwAll } from "@l3m/errors";
import type { Projection } from "./param.ts";

/** Applies a parameter's projection; the tensor itself when it has none. */
export function project(value: Tensor, projection: Projection | undefined): Tensor {
  return projection === undefined ? value : tf.clipByValue(value, projection.min, projection.max);
}

/** Checks names and shapes of given weights against declared ones; reports every mismatch at once. */
export function checkStateDict(
  declared: readonly { readonly path: string; readonly shape: readonly number[] }[],
  given: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
  const errors: L3mError[] = [];
  const known = new Map(declared.map((spec) => [spec.path, spec]));
  for (const spec of declared) {
    const value = given.get(spec.path);
    if (value === undefined) {
      errors.push(
        stateDictError(
          spec.path,
          `"${spec.path}" is missing.${didYouMean(spec.path, given.keys())}`,
          formatShape(spec.shape, "f32"),
          "nothing",
        ),
      );
    } else if (value.shape.join() !== spec.shape.join()) {
      errors.push(
        stateDictError(
          spec.path,
          `"${spec.path}" has another shape.`,
          formatShape(spec.shape, "f32"),
          formatShape(value.shape, "f32"),
        ),
      );
    }
  }
  for (const path of given.keys()) {
    if (!known.has(path))
      errors.push(
        stateDictError(
          path,
          `The model has no "${path}".${didYouMean(path, known.keys())}`,
          "a name of the model",
          path,
        ),
      );
  }
  throwAll(errors);
}

function stateDictError(path: string, message: string, expected: string, got: string): L3mError {
  return new L3mError("L3M_BAD_STATE_DICT", {
    message,
    where: { path },
    expected,
    got,
    fix: "Use weights of this model's configuration.",
  });
}
