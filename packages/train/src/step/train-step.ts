/**
 * One optimizer step as a pure function of state, batch and numbers: forward, tape, clipping, update. Engines that compile
 * trace it once.
 */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type DataDict, type Loss, type Model, type Optimizer, type ParamSpec, project, withParams } from "@l3m/core";
import { replicated, type Layout } from "@l3m/fsdp-mesh";
import { clipGradNorm } from "@l3m/optim";
import {
  castPrecision,
  detach,
  optimizationBarrier,
  type PrecisionPolicy,
  recomputingCheap,
  shardingConstraint,
} from "@l3m/tfjs-kernels";
import { type Checkpointing, collectingContext } from "./forward-context.ts";
import type { ParamPlan } from "./param-plan.ts";
import type { StepScalars } from "./step-scalars.ts";
import type { ByPath, TrainState } from "./train-state.ts";
import { valueAndGrads } from "./value-and-grads.ts";
import { valuesInUse, workingCopies } from "./working-copies.ts";

export interface TrainStepParts {
  readonly model: Model;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly plan: ParamPlan;
  readonly scalars: StepScalars;
  readonly gradClip: number | null;
  readonly accumulation: number;
  readonly checkpointing: Checkpointing;
  readonly layout: Layout | undefined;
  readonly precision: PrecisionPolicy;
  /** Go on after a step that was not finite (it changes nothing all the same). */
  readonly allowNan: boolean;
}

/** Names of the entries of the metrics vector; filled in when the step is traced. */
export type MetricNames = string[];

export type StepInputs = { readonly key: Tensor; readonly scalars: Tensor };

/**
 * The step. `metrics` is one f32 vector (a single transfer); `names[0]` is `loss`, `names[1]` is `grad_norm`. A step whose
 * loss or gradient norm is not finite leaves the state as it was, so that nothing is lost and the cause can be found.
 */
export function trainStep(parts: TrainStepParts, names: MetricNames) {
  return (state: TrainState, batch: ByPath, inputs: StepInputs): { state: TrainState; metrics: Tensor } => {
    const { plan, optimizer, scalars } = parts;
    const { loss, grads, metrics, buffers } = accumulatedGradients(parts, state, batch, inputs.key);
    const reached = plan.trained.flatMap((spec, i) => (grads[i] === undefined ? [] : [[spec.path, grads[i]] as const]));
    const { norm, grads: clipped } = clipGradNorm(
      reached.map(([, grad]) => grad),
      parts.gradClip ?? Infinity,
    );
    const gradOf = new Map(reached.map(([path], i) => [path, clipped[i] as Tensor]));
    const isFinite = tf.logicalAnd(tf.isFinite(loss), tf.isFinite(norm));
    const finite = tf.logicalAnd(isFinite, tf.greater(state.alive, 0));
    const alive = parts.allowNan ? state.alive : tf.cast(finite, "float32");
    const params: Record<string, Tensor> = { ...state.params };
    const changed: ParamSpec[] = [];
    const slots: Record<string, Record<string, Tensor>> = Object.fromEntries(
      Object.entries(state.slots).map(([slot, values]) => [slot, { ...values }]),
    );
    for (const [index, group] of plan.groups.entries()) {
      const groupScalars = scalars.unpack(inputs.scalars, index);
      for (const spec of group.params) {
        const grad = gradOf.get(spec.path);
        if (grad === undefined) continue;
        const old = {
          param: state.params[spec.path] as Tensor,
          slots: mapValues(slots, (values) => values[spec.path] as Tensor),
        };
        changed.push(spec);
        const next = optimizer.update({ ...old, grad, scalars: groupScalars });
        const updated = castPrecision(project(next.param, spec.project), parts.precision.param);
        params[spec.path] = tf.where(finite, updated, old.param);
        for (const slot of optimizer.slots) {
          (slots[slot] as Record<string, Tensor>)[spec.path] = tf.where(
            finite,
            next.slots[slot] as Tensor,
            old.slots[slot] as Tensor,
          );
        }
      }
    }
    const values = new Map<string, Tensor>([["loss", loss], ["grad_norm", norm], ...metrics]);
    names.splice(0, names.length, ...values.keys());
    const vector = tf.stack([...values.values()].map((value) => tf.reshape(value, [])));
    tf.dispose([...metrics.values()]); // they were kept beyond the tape's scope
    const nextBuffers = mapValues(buffers, (value, path) => {
      const old = state.buffers[path] as Tensor;
      if (value === old) return old;
      const next = tf.where(finite, value, old);
      tf.dispose(value); // kept beyond the tape's scope, like the metrics
      return next;
    });
    const working = { ...state.working, ...workingCopies(changed, params, parts.precision) };
    return { state: { params, working, buffers: nextBuffers, slots, alive }, metrics: vector };
  };
}

interface Gradients {
  readonly loss: Tensor;
  readonly grads: readonly (Tensor | undefined)[];
  readonly metrics: ReadonlyMap<string, Tensor>;
  readonly buffers: ByPath;
}

/** Mean loss and gradients over equal parts of the batch, one after the other. */
function accumulatedGradients(parts: TrainStepParts, state: TrainState, batch: ByPath, key: Tensor): Gradients {
  const count = parts.accumulation;
  let total: Gradients | undefined;
  for (let part = 0; part < count; part++) {
    const cut = count === 1 ? batch : mapValues(batch, (value) => partOf(value, part, count));
    const partKey = part === 0 ? key : tf.add(key, tf.tensor1d([0, part << 24], "int32"));
    const rows = total === undefined ? cut : after(total, cut);
    const next = gradients(parts, { ...state, buffers: total?.buffers ?? state.buffers }, rows, partKey);
    total = total === undefined ? next : addGradients(total, next);
  }
  if (total === undefined || count === 1) return total as Gradients;
  const mean = (value: Tensor): Tensor => tf.mul(value, 1 / count);
  return {
    ...total,
    loss: mean(total.loss),
    grads: total.grads.map((grad) => (grad === undefined ? grad : mean(grad))),
  };
}

/** `rows`, which no compiler may touch before the gradients of the parts before exist: so their activations are gone by then. */
function after(done: Gradients, rows: ByPath): ByPath {
  const grads = done.grads.filter((grad) => grad !== undefined);
  const values = optimizationBarrier([...Object.values(rows), ...grads]);
  return Object.fromEntries(Object.keys(rows).map((key, i) => [key, values[i] as Tensor]));
}

function gradients(parts: TrainStepParts, state: TrainState, batch: ByPath, key: Tensor): Gradients {
  const { model, layout, plan } = parts;
  const {
    context,
    state: proposed,
    emissions,
  } = collectingContext({ train: true, key, checkpointing: parts.checkpointing, layout });
  const inUse = valuesInUse(state);
  const variables = plan.trained.map(({ path }) => inUse[path] as Tensor);
  let metrics = new Map<string, Tensor>();
  const buffers: Record<string, Tensor> = { ...state.buffers };
  const objective = (): Tensor => {
    const values = new Map(Object.entries(inUse));
    const whole =
      layout === undefined ? values : mapEntries(values, (value) => shardingConstraint(value, replicated(value.rank)));
    const dict: DataDict = new Map(Object.entries(batch));
    const forward = () => withParams(whole, () => parts.loss.forward(model.root.forward(dict, context), context));
    const { loss, metrics: reported } = parts.checkpointing === "cheap" ? recomputingCheap(forward) : forward();
    // what leaves the tape must outlive it, and must not be differentiated
    const outside = (value: Tensor): Tensor => tf.keep(detach(value));
    metrics = new Map(
      [...Object.entries(reported), ...emissions.scalars].map(([name, value]) => [name, outside(value)]),
    );
    for (const [path, value] of proposed.proposed) buffers[path] = outside(value);
    return emissions.addTo(loss);
  };
  const { value: loss, grads } = valueAndGrads(objective, variables);
  const placed = grads.map((grad, i) => {
    const spec = plan.trained[i];
    if (grad === undefined || spec === undefined) return grad;
    const wide = castPrecision(grad, parts.precision.reduce);
    return layout === undefined ? wide : shardingConstraint(wide, layout.param(spec));
  });
  return { loss, grads: placed, metrics, buffers };
}

function addGradients(total: Gradients, next: Gradients): Gradients {
  tf.dispose([...total.metrics.values()]);
  const grads = total.grads.map((grad, i) => {
    const other = next.grads[i];
    return grad === undefined || other === undefined ? (grad ?? other) : tf.add(grad, other);
  });
  return { loss: tf.add(total.loss, next.loss), grads, metrics: next.metrics, buffers: next.buffers };
}

function partOf(value: Tensor, part: number, count: number): Tensor {
  const rows = (value.shape[0] ?? 0) / count;
  return tf.slice(value, [part * rows, ...value.shape.slice(1).map(() => 0)], [rows, ...value.shape.slice(1)]);
}

function mapValues<V, R>(map: Readonly<Record<string, V>>, change: (value: V, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

function mapEntries(map: ReadonlyMap<string, Tensor>, change: (value: Tensor) => Tensor): Map<string, Tensor> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
