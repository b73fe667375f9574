/** Finding what went wrong after a loss or gradient norm that is not finite: the first bad tensor, in order of computation. */
import type { Tensor } from "@tensorflow/tfjs-core";
import {
  type DataDict,
  type DataValue,
  isTensor,
  type ReadWriteBlock,
  ContainerBlock,
  type Loss,
  type Model,
  withParams,
} from "@l3m/core";
import { L3mError } from "@l3m/errors";
import type { CollectedContext } from "../step/forward-context.ts";
import { valueAndGrads } from "../step/value-and-grads.ts";
import type { ByPath, TrainState } from "../step/train-state.ts";
import { valuesInUse } from "../step/working-copies.ts";

/**
 * Runs the failing batch again, op by op, and names the first tensor with a NaN or infinity: the batch, the parameters, what
 * each block wrote, the loss, the gradients.
 */
export async function notFiniteError(parts: {
  readonly model: Model;
  readonly loss: Loss;
  readonly state: TrainState;
  readonly batch: ByPath;
  readonly context: CollectedContext;
  readonly step: number;
  readonly lossValue: number;
}): Promise<L3mError> {
  const { model, loss, state, batch, context } = parts;
  const found = await firstBad(model, loss, state, batch, context);
  const stateIsFinite = !found.startsWith(BAD_PARAMETER);
  return new L3mError("L3M_NOT_FINITE", {
    message: `The loss or its gradient is not finite at step ${parts.step}. First bad tensor: ${found}.`,
    where: { path: `step ${parts.step}` },
    expected: "finite numbers",
    got: `loss ${parts.lossValue}`,
    fix: stateIsFinite
      ? "Check that data; ids outside of the vocabulary give NaN too. If it is right, start a new run with a lower learning rate, a longer warm-up or optim.grad_clip. The state before this step is saved; with the same configuration --resume auto goes on from it."
      : "The update of an earlier step overflowed: start a new run with a lower learning rate or a longer warm-up.",
    data: { stateIsFinite },
  });
}

const BAD_PARAMETER = "parameter";

async function firstBad(
  model: Model,
  loss: Loss,
  state: TrainState,
  batch: ByPath,
  { context }: CollectedContext,
): Promise<string> {
  for (const [key, tensor] of Object.entries(batch)) if (await isBad(tensor)) return `batch entry "${key}"`;
  for (const [path, tensor] of Object.entries(state.params))
    if (await isBad(tensor)) return `${BAD_PARAMETER} "${path}"`;
  const inUse = valuesInUse(state);
  const values = new Map(Object.entries(inUse));
  const dict: DataDict = new Map(Object.entries(batch));
  for (const block of leafBlocks(model.root)) {
    const before = new Map(dict);
    withParams(values, () => block.forward(dict, context));
    for (const [key, value] of dict) {
      if (before.get(key) === value) continue;
      for (const [name, tensor] of tensorsIn(key, value))
        if (await isBad(tensor)) return `"${name}" written by ${block.path === "" ? "the model" : block.path}`;
    }
  }
  const result = withParams(values, () => loss.forward(dict, context));
  if (await isBad(result.loss)) return "the loss itself (everything that it reads is finite)";
  const trained = model.params.filter(({ trainable }) => trainable);
  const { grads } = valueAndGrads(
    () =>
      withParams(values, () => loss.forward(model.root.forward(new Map(Object.entries(batch)), context), context).loss),
    trained.map(({ path }) => inUse[path] as Tensor),
  );
  for (const [i, spec] of trained.entries()) {
    const grad = grads[i];
    if (grad !== undefined && (await isBad(grad))) return `the gradient of "${spec.path}"`;
  }
  return "none in a second run (the failure depends on the randomness or on the state of an earlier step)";
}

/** Blocks that run by themselves, in execution order; containers with an order of their own count as one. */
function leafBlocks(block: ReadWriteBlock): readonly ReadWriteBlock[] {
  return block instanceof ContainerBlock && block.children.length > 0 ? block.children.flatMap(leafBlocks) : [block];
}

function tensorsIn(name: string, value: DataValue): [string, Tensor][] {
  if (isTensor(value)) return [[name, value]];
  if (Array.isArray(value))
    return (value as readonly DataValue[]).flatMap((item, i) => tensorsIn(`${name}.${i}`, item));
  return [];
}

async function isBad(tensor: Tensor): Promise<boolean> {
  if (tensor.dtype !== "float32") return false;
  const data = await tensor.data();
  return !(data as Float32Array).every((value) => Number.isFinite(value));
}
