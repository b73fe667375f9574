/** `model.checkpoint`: the weights that a training starts from, found, selected and compared with the model. */
import path from "node:path";
import { type Model, project } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ModelSection, WeightsSection } from "@l3m/config";
import { L3mError } from "@l3m/errors";
import type { Place } from "../checkpoint/place-on-engine.ts";
import type { TensorData } from "../checkpoint/tensor-source.ts";
import type { Experiment } from "../run/open-experiment.ts";
import type { Reporter } from "../run/reporter.ts";
import type { SavedState } from "../step/train-state.ts";
import { toModel } from "./layouts/apply-layout.ts";
import { fitAttention } from "./layouts/fit-forms.ts";
import { layoutNamed, layoutOfNames } from "./layouts/index.ts";
import { declaredTensors, matchWeights, transientNames } from "./match-weights.ts";
import { openWeights } from "./open-weights.ts";
import { selectWeights } from "./select-weights.ts";
import { differencesError, formatDifferences, formatLoaded, isExact } from "./weight-report.ts";
import type { Weights, WeightSource } from "./weight-source.ts";

type Context = Pick<Experiment, "config" | "loaded">;

/**
 * The weights that `model.checkpoint` names, by the model's paths; none when it is null. Nothing is read but headers.
 *
 * @throws L3M_WEIGHTS, L3M_CHECKPOINT for files; L3M_BAD_STATE_DICT with all differences from the model at once; L3M_BAD_OPTION
 */
export async function startingWeights(
  { config, loaded }: Context,
  model: Pick<Model, "params" | "buffers">,
  reporter: Pick<Reporter, "info" | "warn">,
): Promise<Weights> {
  const declared = declaredTensors(model);
  const weights = new Map<string, WeightSource>();
  const excluded = new Set<string>();
  const absent: string[] = [];
  const idle: string[] = [];
  const sources: string[] = [];
  for (const entry of entriesOf(config.model, loaded)) {
    const opened = await openWeights(path.resolve(path.dirname(loaded.file), entry.file), (error) =>
      reporter.warn(`passed over a damaged checkpoint:\n${error.message}`),
    ).catch((error: unknown) => {
      throw error instanceof L3mError ? error.at({ path: entry.path }) : error; // the place of the file stays
    });
    const named =
      entry.layout === undefined ? undefined : layoutNamed(entry.layout, loaded.place(`${entry.path}.layout`));
    const layout = entry.layout === undefined ? layoutOfNames(opened.weights, declared) : named;
    const laidOut =
      layout === undefined ? fitAttention(opened.weights, declared) : toModel(layout, opened.weights, declared);
    const selected = selectWeights(laidOut, entry);
    for (const [name, source] of selected.weights) weights.set(name, source);
    for (const name of selected.excluded) excluded.add(name);
    absent.push(...(layout?.absent ?? []));
    idle.push(...selected.idle);
    sources.push(`${opened.path} (${[opened.kind, ...(layout === undefined ? [] : [layout.name])].join(", ")})`);
    if (opened.ignored.length > 0) reporter.info(`weights   no tensors, passed over: ${opened.ignored.join(", ")}`);
  }
  if (sources.length === 0) return weights;
  const source = sources.join(", ");
  const match = matchWeights(declared, weights, {
    excluded,
    allowMissing: [...config.model.checkpoint_allow_missing, ...absent],
    transient: transientNames(model),
  });
  const place = loaded.place("model.checkpoint");
  const strict = config.model.checkpoint_strict && !config.compat;
  if (match.clashes.length > 0 || (strict && !isExact(match))) throw differencesError(match, place, source);
  if (strict && idle.length > 0) throw idleError(idle, place);
  for (const line of idle) reporter.warn(line);
  if (!isExact(match)) reporter.warn(`the weights are not those of the model:\n${formatDifferences(match)}`);
  reporter.info(`weights   ${formatLoaded(match)} from ${source}`);
  return match.fitting;
}

/** The state with these weights in place of what was drawn, which is disposed of. One is on the host at a time. */
export async function withWeights(
  drawn: SavedState,
  model: Pick<Model, "params" | "buffers">,
  weights: Weights,
  place: Place,
  reporter: Pick<Reporter, "work">,
): Promise<SavedState> {
  const params: Record<string, Tensor> = { ...drawn.params };
  const buffers: Record<string, Tensor> = { ...drawn.buffers };
  let done = 0;
  const put = async (
    into: Record<string, Tensor>,
    spec: { path: string; shape: readonly number[] },
    make: (data: TensorData) => Tensor,
    kind: "param" | "buffer",
  ): Promise<void> => {
    const source = weights.get(spec.path);
    if (source === undefined) return;
    const placed = await place(make(await source.read()), kind);
    into[spec.path]?.dispose();
    into[spec.path] = placed;
    reporter.work("loading weights", ++done, weights.size);
  };
  for (const spec of model.params) {
    const make = (data: TensorData): Tensor =>
      tf.tidy(() => project(tf.tensor(Float32Array.from(data), [...spec.shape], "float32"), spec.project));
    await put(params, spec, make, "param");
  }
  for (const spec of model.buffers) {
    const make = (data: TensorData): Tensor => tf.tensor(arrayFor(spec.dtype, data), [...spec.shape], spec.dtype);
    await put(buffers, spec, make, "buffer");
  }
  return { ...drawn, params, buffers };
}

function arrayFor(dtype: "float32" | "int32" | "bool", data: TensorData): TensorData {
  if (dtype === "float32") return Float32Array.from(data);
  return dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data, (value) => (value === 0 ? 0 : 1));
}

/** One place of weights, with everything filled in. */
interface Entry {
  readonly file: string;
  readonly layout: string | undefined;
  readonly filters: readonly string[];
  readonly renamer: readonly (readonly [string, string])[];
  /** Dotted path in the config. */
  readonly path: string;
}

function entriesOf(model: ModelSection, loaded: Context["loaded"]): Entry[] {
  const { checkpoint, checkpoint_filters, checkpoint_renamer } = model;
  const flat = { checkpoint_filters, checkpoint_renamer };
  if (checkpoint === null) return [];
  if (typeof checkpoint === "string") return [entryOf({ path: checkpoint, ...flat }, "model.checkpoint", loaded)];
  if (!isList(checkpoint)) return [entryOf({ ...flat, ...checkpoint }, "model.checkpoint", loaded)];
  for (const [key, value] of Object.entries(flat)) {
    if (value === null) continue;
    throw new L3mError("L3M_BAD_OPTION", {
      message: `model.${key} belongs to one place of weights, and model.checkpoint is a list of them.`,
      where: loaded.place(`model.${key}`, "key"),
      fix: `Move ${key} into the entries of model.checkpoint.`,
    });
  }
  return checkpoint.map((entry, i) => entryOf(entry, `model.checkpoint.${i}`, loaded));
}

function entryOf(section: WeightsSection, at: string, loaded: Context["loaded"]): Entry {
  const files = [section.path, section.checkpoint].filter((file) => file !== undefined);
  const [file] = files;
  if (file !== undefined && files.length === 1)
    return {
      file,
      layout: section.layout ?? undefined,
      filters: section.checkpoint_filters ?? [],
      renamer: section.checkpoint_renamer ?? [],
      path: at,
    };
  throw new L3mError("L3M_BAD_OPTION", {
    message: `${at} does not name one place of weights.`,
    where: loaded.place(at),
    expected: "path, or checkpoint, which means the same",
    got: files.length === 0 ? "neither" : "both",
    fix: "Write path: FILE.",
  });
}

function isList(value: WeightsSection | readonly WeightsSection[]): value is readonly WeightsSection[] {
  return Array.isArray(value);
}

function idleError(idle: readonly string[], place: ReturnType<Context["loaded"]["place"]>): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: "What is to change names or leave tensors out has no effect.",
    where: place,
    expected: "filters and renamers that fit the names in the file",
    got: idle.join("; "),
    fix: "Correct or remove them.",
  });
}
