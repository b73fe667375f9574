/** A resolved configuration as built things, and its forward pass. */
import {
  build,
  type Built,
  Emissions,
  evalContext,
  type Loss,
  type Optimizer,
  project,
  ProposedState,
  type ReadWriteBlock,
  type Schedule,
  withParams,
} from "@l3m/core";
import type * as tf from "@l3m/core/tf";
import { paramGroups, schedulerNode } from "@l3m/optim";
import { addMaskCounts, dictOf, type InputFields } from "./case-dict.ts";
import { storedUnder } from "./expectations.ts";
import type { GoldenCase } from "./golden-case.ts";
import type { Surroundings } from "./handler.ts";
import type { HostResult } from "./program.ts";

type Tensor = tf.Tensor;
type Row = Readonly<Record<string, unknown>>;

/** The parts of a resolved configuration that are built. */
export interface Resolved {
  readonly model: { readonly meta_model: Row };
  readonly loss: Row;
  readonly optim: { readonly optimizer: Row; readonly scheduler: Row; readonly wd_exclude?: readonly string[] | null };
  readonly experiment: { readonly total_iterations: number };
}

/** Everything that the configuration describes. */
export interface Experiment {
  readonly model: Built<ReadWriteBlock>;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly groups: readonly { readonly params: readonly string[]; readonly weightDecay: number }[];
}

/** Builds the `resolved` field of a case. */
export function buildExperiment(golden: GoldenCase, { registry, compat }: Surroundings): Experiment {
  const { model, loss, optim, experiment } = golden.fields["resolved"] as Resolved;
  const built = build(registry, "block", model.meta_model, { compat, where: "model.meta_model" });
  const optimizer = build(registry, "optimizer", optim.optimizer, { compat, where: "optim.optimizer" }).product;
  return {
    model: built,
    loss: build(registry, "loss", loss, { compat, where: "loss" }).product,
    optimizer,
    schedule: build(registry, "schedule", schedulerNode(optim.scheduler, experiment.total_iterations), {
      compat,
      where: "optim.scheduler",
    }).product,
    groups: paramGroups(built.params, { weightDecay: optimizer.weightDecay, wdExclude: optim.wd_exclude }).groups,
  };
}

/** Forward of model and loss on inputs `in.*` with parameters `values`; side losses of the model that the loss did not take are added. */
export function forward(
  golden: GoldenCase,
  { model, loss }: Experiment,
  values: ReadonlyMap<string, Tensor>,
  tensors: ReadonlyMap<string, Tensor>,
) {
  const state = new ProposedState();
  const emissions = new Emissions();
  const { emit, takeLoss } = emissions;
  const context = evalContext({ train: golden.fields["mode"] === "train", state, emit, takeLoss });
  const fields = golden.fields as InputFields;
  const dict = addMaskCounts(dictOf(fields, tensors), fields, golden.tensors);
  const result = withParams(values, () => loss.forward(model.product.forward(dict, context), context));
  return { ...result, loss: emissions.addTo(result.loss), dict, state };
}

/** Parameters and buffers of `param.*`, clamped where the model says so. */
export function valuesOf({ model }: Experiment, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const value = (path: string): Tensor => tensors.get(`param.${path}`) as Tensor;
  return new Map([
    ...model.params.map((spec): [string, Tensor] => [spec.path, project(value(spec.path), spec.project)]),
    ...model.buffers.map(({ path }): [string, Tensor] => [path, value(path)]),
  ]);
}

/** The inputs of a case under their stored names. */
export function inputsOf(golden: GoldenCase): [string, HostResult][] {
  return [...storedUnder(golden, "in.")].map(([name, value]) => [`in.${name}`, value as HostResult]);
}
