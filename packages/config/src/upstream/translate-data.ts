/** `data` and `metrics` of ml-l3m: loaders become options of their split, validation becomes named sets. */
import { L3mError } from "@l3m/errors";
import type { ConfigNode, ConfigTree, MapEntry } from "../tree/config-node.ts";
import { formatPath } from "../tree/config-path.ts";
import type { Frame } from "./frame.ts";
import { unknownValue } from "./frame-errors.ts";

type ValueAt = (path: string) => ConfigTree | undefined;

/** The name that ml-l3m gives to a validation set without one. */
const ONLY_SET = "dataset";

/** Translates `data` in place. */
export function translateData(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  translateShuffle(frame, valueAt, errors);
  translateBatchSize(frame, valueAt, "data.train.dataloader.batch_size", "data.train.batch_size");
  const workers = frame.take("data.train.dataloader.num_workers");
  if (workers !== undefined && !frame.has("data.train.workers")) frame.put("data.train.workers", workers);
  frame.take("data.train.dataloader"); // pinning and dropping have no counterpart: batches are made ahead, and are whole
  translateValidation(frame, valueAt, errors);
}

/** Training data is shuffled unless a sampler says otherwise; ml-l3m's own sampler does, when it is told to. */
function translateShuffle(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  const path = "data.train.shuffle";
  const shuffle = valueAt(path) ?? true;
  const entry = frame.take(path);
  if (entry === undefined || shuffle === true) return;
  if (shuffle !== false) errors.push(unknownValue(path, shuffle, ["true", "false"], entry.key));
  else if (!frame.has("data.train.sampler"))
    frame.set("data.train.sampler", { sampler: "data/infinite-data-sampler", shuffle }, entry.key);
}

/** ml-l3m counts the samples of one GPU. */
function translateBatchSize(frame: Frame, valueAt: ValueAt, from: string, to: string): void {
  const entry = frame.take(from);
  if (entry === undefined || frame.has(to)) return;
  const value = valueAt(from);
  const devices = Number(valueAt("mesh.devices") ?? 1);
  if (devices === 1 || typeof value !== "number") frame.put(to, entry);
  else frame.set(to, value * devices, entry.key);
}

function translateValidation(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  const dataset = frame.get("data.validation.dataset");
  if (dataset !== undefined && dataset.node.kind === "map" && !frame.has("data.val")) {
    const sets: [string, MapEntry][] = namesAThing(dataset.node)
      ? [[ONLY_SET, dataset]]
      : [...dataset.node.entries].map(([name, entry]) => [name, entry]);
    const shared = {
      batch_size: "data.validation.dataloader.batch_size",
      workers: "data.validation.dataloader.num_workers",
      collate: "data.validation.collator",
    };
    const loader = Object.entries(shared).flatMap(([to, from]) => {
      const entry = frame.get(from);
      return entry === undefined ? [] : [{ to, from, entry }];
    });
    if (!loader.some(({ to }) => to === "batch_size")) errors.push(noBatchSize(dataset));
    for (const [name, set] of sets) {
      const option = (key: string): string => formatPath(["data", "val", name, key]);
      frame.put(option("dataset"), set);
      for (const { to, entry } of loader) frame.put(option(to), entry);
      const devices = Number(valueAt("mesh.devices") ?? 1);
      const size = valueAt(shared.batch_size);
      if (devices > 1 && typeof size === "number") frame.set(option("batch_size"), size * devices, dataset.key);
    }
  }
  frame.take("data.validation");
}

/** `{ _target_: ...MetricsComputer, metrics: [...] }` is the list that it holds. */
export function translateMetrics(frame: Frame): void {
  if (frame.get("metrics")?.node.kind !== "map") return;
  const list = frame.take("metrics.metrics");
  frame.take("metrics");
  if (list !== undefined) frame.put("metrics", list);
}

function namesAThing(node: ConfigNode): boolean {
  return node.kind === "map" && (node.entries.has("_target_") || node.entries.get("dataset")?.node.kind === "scalar");
}

function noBatchSize(dataset: MapEntry): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: "Validation has no batch size: ml-l3m takes it from data.validation.dataloader.",
    where: { ...dataset.key, path: "data.validation.dataloader.batch_size" },
    expected: "a number of samples",
    got: "nothing",
    fix: "Add data.validation.dataloader.batch_size.",
  });
}
