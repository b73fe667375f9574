/** What `data_dict`, `args` and the criteria share: building, setting parameters, running with gradients, comparing. */
import {
  build,
  type Built,
  checkStateDict,
  drawParam,
  evalContext,
  type ForwardContext,
  type HostArray,
  type Kind,
  type Products,
  project,
  ProposedState,
  withParams,
} from "@l3m/core";
import { castPrecision, physicalDtype } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import { castInput, castParams } from "./bf16.ts";
import { Comparison } from "./comparison.ts";
import { isAffected, names, stored, storedUnder, toleranceOf } from "./expectations.ts";
import type { GoldenCase } from "./golden-case.ts";
import { pairWithCotangents, withGradients } from "./gradients.ts";
import type { Surroundings } from "./handler.ts";
import { type HostResult, Program } from "./program.ts";
import { rootMeanSquare } from "./rounding-noise.ts";
import type { HostTensor } from "./safetensors.ts";

type Tensor = tf.Tensor;
type Physical = "f32" | "bf16";

/** The call of a module: from inputs by stored name to values by expected name. */
export type ModuleCall = (inputs: ReadonlyMap<string, Tensor>, context: ForwardContext) => (name: string) => Tensor;

/** Builds `target` + `options`, whatever kind it is of. */
export function buildTarget<K extends Kind = Kind>(
  golden: GoldenCase,
  { registry, compat }: Surroundings,
  kind?: K,
): Built<Products[K]> {
  const kinds = kind ?? (registry.get(golden.target).definition.kind as K);
  return build(registry, kinds, { _target_: golden.target, ...golden.options }, { compat, where: golden.name });
}

/** Stored parameters and buffers by state-dict name; buffers that the case does not store keep their initial values. */
export async function parametersOf(
  golden: GoldenCase,
  built: Built<unknown>,
): Promise<Map<string, HostTensor | HostResult>> {
  const scalars = new Set(
    [...built.params, ...built.buffers].filter(({ shape }) => shape.length === 0).map(({ path }) => path),
  );
  const given = new Map<string, HostTensor | HostResult>(
    names(golden, "params").map((name) => {
      const value = stored(golden, `param.${name}`) as HostTensor;
      return [name, scalars.has(name) && value.data.length === 1 ? { ...value, shape: [] } : value]; // a 0-d value is stored with shape (1)
    }),
  );
  checkStateDict([...built.params, ...built.buffers.filter(({ path }) => given.has(path))], given);
  for (const { path, init, shape, dtype } of built.buffers) {
    if (given.has(path)) continue;
    const initial = tf.tidy(() => tf.cast(drawParam(init, tf.tensor1d([0, 0], "int32"), path, shape), dtype));
    given.set(path, { data: (await initial.data()) as HostResult["data"], shape, dtype });
    initial.dispose();
  }
  return given;
}

/**
 * Runs a module case: forward, gradients against the stored cotangents, changed state; compares all of it, and what `call`
 * gives under the names of `also` with those arrays.
 */
export async function runModule(
  golden: GoldenCase,
  surroundings: Surroundings,
  built: Built<unknown>,
  call: ModuleCall,
  also: ReadonlyMap<string, HostArray> = new Map(),
): Promise<Comparison> {
  const parameters = await parametersOf(golden, built);
  const projections = new Map(built.params.map((spec) => [spec.path, spec.project]));
  const { mode, generation, input_dtype, param_dtype } = golden.fields;
  const { precision } = surroundings;
  const outputNames = names(golden, "outputs");
  let formats: Physical[] = [];

  const program = new Program((tensors) => {
    const under = (prefix: string): Map<string, Tensor> =>
      new Map(
        [...tensors]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
      );
    const uploaded = new Map(
      [...under("param.")].map(([path, value]) => [path, cast(project(value, projections.get(path)), param_dtype)]),
    );
    const values = castParams(golden, precision, built, uploaded);
    const inputs = new Map(
      [...under("in.")].map(([name, value]) => [`in.${name}`, castInput(golden, precision, cast(value, input_dtype))]),
    );
    const xs = new Map(
      names(golden, "grads").map((name) => [
        name,
        (inputs.get(name) ?? values.get(name.replace(/^param\./, ""))) as Tensor,
      ]),
    );
    const state = new ProposedState();
    const context = evalContext({ train: mode === "train", generate: generation === true, state });
    return withGradients(() => {
      const valueOf = withParams(values, () => call(inputs, context));
      const outputs = new Map([...outputNames, ...also.keys()].map((name) => [`out.${name}`, valueOf(name)]));
      formats = [...outputs.values()].map(physicalDtype);
      for (const name of names(golden, "state_after"))
        outputs.set(`after.param.${name}`, (state.proposed.get(name) ?? values.get(name)) as Tensor);
      return { outputs, scalar: pairWithCotangents(under("cotangent."), valueOf) };
    }, xs);
  }, surroundings.jit);

  const prefixed = (
    prefix: string,
    map: ReadonlyMap<string, HostTensor | HostResult>,
  ): [string, HostTensor | HostResult][] => [...map].map(([name, value]) => [prefix + name, value]);
  const results = await program.run(
    new Map([
      ...prefixed("param.", parameters),
      ...prefixed("in.", storedUnder(golden, "in.") as Map<string, HostTensor>),
      ...prefixed("cotangent.", storedUnder(golden, "cotangent.") as Map<string, HostTensor>),
    ]),
  );
  const comparison = compareStored(golden, surroundings, results);
  const wanted = physicalName(golden.fields["output_dtype"]);
  for (const [name, expected] of also)
    comparison.array(name, results.get(`out.${name}`), expected, toleranceOf(golden, "outputs"));
  if (wanted !== undefined)
    formats
      .slice(0, outputNames.length)
      .forEach((format, i) => comparison.exact(`type of ${outputNames[i]}`, format, wanted));
  return comparison;
}

/** Compares `outputs`, `grads` and `state_after` with what a program returned under `out.*`, `grad.*`, `after.param.*`. */
export function compareStored(
  golden: GoldenCase,
  { compat }: Surroundings,
  results: ReadonlyMap<string, HostResult>,
  comparison = new Comparison(),
): Comparison {
  const groups = [
    ["outputs", "out."],
    ["grads", "grad."],
    ["state_after", "after.param."],
  ] as const;
  for (const [group, prefix] of groups) {
    const { ofGroup = 0, ...tolerance } = toleranceOf(golden, group);
    const inGroup = ofGroup === 0 ? [] : names(golden, group).map((name) => stored(golden, prefix + name));
    const allowed = { ...tolerance, atol: tolerance.atol + ofGroup * rootMeanSquare(inGroup) };
    for (const name of names(golden, group)) {
      if (isAffected(golden, compat, group, name)) continue;
      comparison.array(prefix + name, results.get(prefix + name), stored(golden, prefix + name), allowed);
    }
  }
  return comparison;
}

function cast(value: Tensor, dtype: unknown): Tensor {
  const to = physicalName(dtype);
  return to === undefined || value.dtype !== "float32" ? value : castPrecision(value, to);
}

function physicalName(dtype: unknown): Physical | undefined {
  return dtype === "bf16" ? "bf16" : dtype === "fp32" ? "f32" : undefined;
}
