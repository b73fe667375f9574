/** A stack of blocks on a sequence of tokens. B batch, N tokens, D width, L blocks. */
import type * as tf from "@l3m/core/tf";
import type { BuildContext, ForwardContext, Layer, LayerInputs, SlotRef } from "@l3m/core";

/** Logical axes of the residual stream, for sharding plans. */
const RESIDUAL_AXES = ["batch", "sequence", "embed"];

/** One block and the path of its parameters. */
export interface StackedBlock {
  readonly scope: string;
  readonly layer: Layer;
}

/** What stands at place i of a stack: the same everywhere, or as a function says. */
export type BlockChoice = SlotRef<"module"> | ((i: number) => SlotRef<"module">);

/** Builds block i as `<name>.<i>` with what every block gets and its own drop-path rate; as many as there are rates. */
export function stackBlocks(
  context: BuildContext,
  name: string,
  choice: BlockChoice,
  options: Readonly<Record<string, unknown>>,
  dropPathRates: readonly number[],
): StackedBlock[] {
  return dropPathRates.map((drop_path, i) => {
    const path = `${name}.${i}`;
    const ref = typeof choice === "function" ? choice(i) : choice;
    return { scope: context.pathOf(path), layer: context.child(path, ref, { ...options, drop_path }) };
  });
}

/** Runs the blocks in order on tokens `[B, N, D]`; the output of every block. */
export function runBlocks(
  blocks: readonly StackedBlock[],
  x_BND: tf.Tensor,
  extra: LayerInputs,
  forward: ForwardContext,
): { tokens: tf.Tensor; layers: tf.Tensor[] } {
  const layers: tf.Tensor[] = [];
  let tokens = forward.constrain(x_BND, RESIDUAL_AXES);
  for (const block of blocks) {
    tokens = forward.constrain(runBlock(block, tokens, extra, forward), RESIDUAL_AXES);
    layers.push(tokens);
  }
  return { tokens, layers };
}

/** Runs one block so that its activations can be computed again; masks, positions and keys go in as inputs. */
function runBlock(block: StackedBlock, x: tf.Tensor, extra: LayerInputs, forward: ForwardContext): tf.Tensor {
  const given = Object.entries(extra as Readonly<Record<string, tf.Tensor | undefined>>).flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [{ name, tensor }],
  );
  const run = ([tokens, ...rest]: readonly tf.Tensor[]): tf.Tensor[] => {
    const inputs: LayerInputs = Object.fromEntries(given.map(({ name }, i) => [name, rest[i]]));
    return [block.layer.forward(tokens as tf.Tensor, forward, inputs)];
  };
  return forward.remat(block.scope, run, [x, ...given.map(({ tensor }) => tensor)])[0] as tf.Tensor;
}
