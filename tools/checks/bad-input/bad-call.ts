/** One mistake with a block or a loss: what is built, what it is called with, and what the error has to say. */
import * as tf from "@l3m/core/tf";
import {
  build,
  type DataDict,
  type DataValue,
  drawParam,
  evalContext,
  type Model,
  Registry,
  withParams,
} from "@l3m/core";
import preset from "@l3m/preset-l3m";

const registry = new Registry(preset);

export interface BadCall {
  readonly what: string;
  /** The node of a block, or of a loss; it stands at `model`. */
  readonly node: Readonly<Record<string, unknown>>;
  /** The DataDict of one call; without it, building is the mistake. */
  readonly given?: () => Readonly<Record<string, DataValue>>;
  readonly train?: boolean;
  /** `expected` and `got` are how those lines of the error begin. */
  readonly error: readonly [code: string, path: string, expected: string, got: string];
}

/** Builds and calls it, as a run does. */
export function make({ node, given, train = false }: Pick<BadCall, "node" | "given" | "train">): DataDict {
  const dict: DataDict = new Map(Object.entries(given?.() ?? {}));
  const context = evalContext({ train });
  const where = "model";
  const built = "loss" in node ? build(registry, "loss", node, { where }) : build(registry, "block", node, { where });
  if (given !== undefined) withParams(draw(built), () => built.product.forward(dict, context));
  return dict;
}

/** Parameters and buffers for one call. */
function draw({ params, buffers }: Pick<Model, "params" | "buffers">): Map<string, tf.Tensor> {
  const key = tf.tensor1d([1, 2], "int32");
  const values = [...params, ...buffers].map(
    ({ path, shape, init }) => [path, drawParam(init, key, path, shape)] as const,
  );
  return new Map(values);
}

export const zeros = (...shape: number[]): tf.Tensor => tf.zeros(shape);
export const ids = (...shape: number[]): tf.Tensor => tf.zeros(shape, "int32");
export const bools = (...shape: number[]): tf.Tensor => tf.zeros(shape, "bool");
