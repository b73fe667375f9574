/** Errors of a forward pass say where they happened: the innermost layer or block that was running. */
import { formatShape, isL3mError, L3mError } from "@l3m/errors";
import type { Layer } from "../contract/products.ts";
import { isTensor } from "../data-dict/data-dict.ts";

/**
 * `run()`, with `where` filled into errors that have no place yet. What an op of TensorFlow.js refuses (a plain `Error`) becomes
 * L3M_FORWARD with the shapes of `inputs`; bugs (TypeError and the like) stay as they are.
 */
export function located<R>(where: string, inputs: Readonly<Record<string, unknown>>, run: () => R): R {
  try {
    return run();
  } catch (error) {
    throw locate(error, where, inputs);
  }
}

function locate(error: unknown, where: string, inputs: Readonly<Record<string, unknown>>): unknown {
  if (isL3mError(error)) return error.details.where?.path === undefined ? error.at({ path: where }) : error;
  if (!(error instanceof Error) || error.constructor !== Error) return error;
  return new L3mError("L3M_FORWARD", {
    message: `An operation inside does not take what it gets: ${error.message}`,
    where: { path: where },
    expected: "inputs as its options describe them",
    got: describeInputs(inputs) || "no tensors",
    fix: "Check the sizes in its options, and what writes its inputs.",
    cause: error,
  });
}

function describeInputs(inputs: Readonly<Record<string, unknown>>): string {
  return Object.entries(inputs)
    .flatMap(([name, value]) => (isTensor(value) ? [`${name} ${formatShape(value.shape, value.dtype)}`] : []))
    .join(", ");
}

/** A layer whose errors name its place in the config. One that is no plain object (a class instance) comes back as it is. */
export function locatedLayer(layer: Layer, where: string): Layer {
  if (Object.getPrototypeOf(layer) !== Object.prototype) return layer;
  return {
    ...layer,
    forward: (x, context, inputs) => located(where, { x, ...inputs }, () => layer.forward(x, context, inputs)),
  };
}
