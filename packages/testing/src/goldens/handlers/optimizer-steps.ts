/** `optimizer_steps`: an optimizer on given gradients, with groups, a schedule and clipping. */
import { build, type Optimizer } from "@l3m/core";
import type * as tf from "@l3m/core/tf";
import { clipGradNorm } from "@l3m/optim";
import { Comparison } from "../comparison.ts";
import { stored, storedUnder, toleranceOf } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler, Surroundings } from "../handler.ts";
import { type HostResult, Program } from "../program.ts";
import { buildSchedule } from "./schedules.ts";

type Tensor = tf.Tensor;
type Row = Readonly<Record<string, unknown>>;

interface Group {
  readonly optimizer: Optimizer;
  readonly params: readonly string[];
  readonly lrScale: number;
}

export const optimizerSteps: Handler = {
  builds: ({ target, options, fields }) => [target, options, { schedule: fields["schedule"] }],
  async run(golden, surroundings) {
    const groups = buildGroups(golden, surroundings);
    const {
      schedule: node,
      total_iterations: total,
      steps,
      grad_clip: maxNorm,
    } = golden.fields as { schedule: Row | null; total_iterations: number; steps: number; grad_clip?: number };
    const schedule = node === null ? undefined : buildSchedule(surroundings, node);
    const comparison = new Comparison();
    const tolerance = toleranceOf(golden, "outputs");
    const program = new Program((tensors) => step(groups, maxNorm, tensors), surroundings.jit);
    const taken = new Map<string, number>();
    const state = initialState(golden, groups);
    for (let t = 0; t < steps; t++) {
      const lrs = groups.map(({ optimizer, lrScale }) => (schedule?.(t / total) ?? optimizer.lr) * lrScale);
      comparison.value(`group_lr_per_step.${t}`, lrs, (golden.fields["group_lr_per_step"] as unknown[])[t], tolerance);
      const inputs = new Map(state);
      for (const [g, { optimizer, params }] of groups.entries()) {
        for (const name of params) {
          if (!golden.tensors.has(`grad.${t}.${name}`)) continue; // no gradient: skipped entirely
          taken.set(name, (taken.get(name) ?? 0) + 1);
          inputs.set(`grad.${name}`, stored(golden, `grad.${t}.${name}`) as HostResult);
          const scalars = optimizer.scalars(taken.get(name) as number, {
            lr: lrs[g] as number,
            weightDecay: optimizer.weightDecay,
          });
          for (const [scalar, value] of Object.entries(scalars))
            inputs.set(`scalar.${name}.${scalar}`, { data: Float32Array.of(value), shape: [], dtype: "float32" });
        }
      }
      const results = await program.run(inputs);
      for (const [name, value] of results) if (name !== "norm") state.set(name, value);
      for (const [name, value] of storedUnder(golden, `out.${t}.`))
        comparison.array(`out.${t}.${name}`, state.get(`param.${name}`), value, tolerance);
      const norms = golden.fields["norms"] as readonly number[] | undefined;
      if (norms !== undefined) comparison.number(`norms.${t}`, results.get("norm")?.data[0], norms[t], tolerance);
    }
    for (const [name, value] of storedUnder(golden, "state."))
      comparison.array(`state.${name}`, state.get(`slot.${name}`), value, tolerance);
    for (const [name, value] of Object.entries(golden.fields["state_scalars"] as Row)) {
      const param = name.slice(name.indexOf(".") + 1);
      comparison.number(
        `state_scalars.${name}`,
        name.startsWith("step.") ? taken.get(param) : undefined,
        value,
        tolerance,
      );
    }
    return comparison;
  },
};

/** One optimizer per group: the group's settings over the options. */
function buildGroups(golden: GoldenCase, { registry, compat }: Surroundings): Group[] {
  return (golden.fields["groups"] as readonly Row[]).map(({ params, lr_scale, ...settings }) => ({
    optimizer: build(registry, "optimizer", { _target_: golden.target, ...golden.options, ...settings }, { compat })
      .product,
    params: params as readonly string[],
    lrScale: (lr_scale as number | undefined) ?? 1,
  }));
}

/** Parameters as stored, and slots of zeros. */
function initialState(golden: GoldenCase, groups: readonly Group[]): Map<string, HostResult> {
  const state = new Map<string, HostResult>();
  for (const { optimizer, params } of groups) {
    for (const name of params) {
      const value = stored(golden, `param.${name}`) as HostResult;
      state.set(`param.${name}`, value);
      for (const slot of optimizer.slots)
        state.set(`slot.${slot}.${name}`, {
          data: new Float32Array(value.data.length),
          shape: value.shape,
          dtype: "float32",
        });
    }
  }
  return state;
}

/** New parameters and slots under their names, and the gradient norm before clipping. */
function step(
  groups: readonly Group[],
  maxNorm: number | undefined,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const updated = groups.flatMap(({ optimizer, params }) =>
    params.filter((name) => tensors.has(`grad.${name}`)).map((name) => ({ optimizer, name })),
  );
  const given = updated.map(({ name }) => tensors.get(`grad.${name}`) as Tensor);
  const results = new Map<string, Tensor>();
  let grads: readonly Tensor[] = given;
  if (maxNorm !== undefined) {
    const clipped = clipGradNorm(given, maxNorm);
    grads = clipped.grads;
    results.set("norm", clipped.norm);
  }
  for (const [i, { optimizer, name }] of updated.entries()) {
    const prefix = `scalar.${name}.`;
    const scalars = Object.fromEntries(
      [...tensors].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
    );
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, tensors.get(`slot.${slot}.${name}`) as Tensor]),
    );
    const next = optimizer.update({
      param: tensors.get(`param.${name}`) as Tensor,
      grad: grads[i] as Tensor,
      slots,
      scalars,
    });
    results.set(`param.${name}`, next.param);
    for (const slot of optimizer.slots) results.set(`slot.${slot}.${name}`, next.slots[slot] as Tensor);
  }
  return results;
}
