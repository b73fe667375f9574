/** `experiment` of ml-l3m: device, number formats, periods, sharding and activation checkpointing. */
import type { L3mError } from "@l3m/errors";
import type { ConfigTree } from "../tree/config-node.ts";
import type { Frame } from "./frame.ts";
import { unknownValue } from "./frame-errors.ts";

type ValueAt = (path: string) => ConfigTree | undefined;

const FSDP = "experiment.fsdp";
const FORMATS: Readonly<Record<string, "f32" | "bf16">> = { fp32: "f32", bf16: "bf16" };
const STRATEGIES = ["FULL_SHARD", "SHARD_GRAD_OP", "HYBRID_SHARD", "_HYBRID_SHARD_ZERO2", "NO_SHARD"];

/** Translates the section in place. */
export function translateExperiment(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  translateDevice(frame, valueAt, errors);
  translatePrecision(frame, valueAt, errors);
  translateCheckpointing(frame, valueAt);
  translateMesh(frame, valueAt, errors);
  const period = frame.take("experiment.ckpt_save_freq");
  if (period === undefined || frame.has("experiment.checkpoint_every")) return;
  if (valueAt("experiment.ckpt_save_freq") !== null) frame.put("experiment.checkpoint_every", period);
  else frame.set("experiment.checkpoint_every", valueAt("experiment.total_iterations") ?? null, period.key);
}

function translateDevice(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  const entry = frame.take("experiment.device");
  if (entry === undefined || frame.has("experiment.engine")) return;
  const device = String(valueAt("experiment.device"));
  const engine = device.startsWith("cuda") ? "xla" : device === "cpu" ? "xla-cpu" : undefined;
  if (engine === undefined) errors.push(unknownValue("experiment.device", device, ["cuda", "cpu"], entry.key));
  else frame.set("experiment.engine", engine, entry.key);
}

/** Autocast and the sharded wrapper both make the model compute in bf16; the wrapper also says in what gradients are summed. */
function translatePrecision(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  const dtype = frame.take("experiment.dtype");
  const amp = frame.take("experiment.amp_enabled");
  const formats = ["param_dtype", "reduce_dtype"].map((key) => {
    const path = `${FSDP}.${key}`;
    const entry = frame.take(path);
    const value = valueAt(path);
    if (entry === undefined || value === null || value === undefined) return undefined;
    const format = FORMATS[String(value)];
    if (format === undefined) errors.push(unknownValue(path, value, Object.keys(FORMATS), entry.key));
    return format;
  });
  if (dtype === undefined || frame.has("experiment.precision")) return;
  const autocast = amp === undefined || valueAt("experiment.amp_enabled") !== false;
  const wanted = valueAt("experiment.dtype");
  if (autocast && wanted !== "bfloat16") errors.push(unknownValue("experiment.dtype", wanted, ["bfloat16"], dtype.key)); // float16 needs loss scaling
  const [param = "f32", reduce = "f32"] = formats;
  const compute = autocast || param === "bf16" ? "bf16" : "f32";
  frame.set("experiment.precision", compute === "f32" ? "f32" : { param: "f32", compute, reduce }, dtype.key);
}

/** What is listed as whole blocks is recomputed whole; smaller parts are what `cheap` is about. */
function translateCheckpointing(frame: Frame, valueAt: ValueAt): void {
  const on = frame.take(`${FSDP}.fsdp_activation_checkpointing`);
  const mode = valueAt(`${FSDP}.activation_checkpoint_mode`);
  const listed = ["activation_checkpoint_template", "fsdp_layers_to_activation_checkpoint"].flatMap((key) => {
    const value = valueAt(`${FSDP}.${key}`);
    return Array.isArray(value) ? value.map(String) : [];
  });
  for (const key of [
    "activation_checkpoint_mode",
    "activation_checkpoint_template",
    "fsdp_layers_to_activation_checkpoint",
  ])
    frame.take(`${FSDP}.${key}`);
  if (on === undefined || valueAt(`${FSDP}.fsdp_activation_checkpointing`) !== true) return;
  if (frame.has("model.activation_checkpointing")) return;
  const wholeBlocks = listed.some((name) => /Block$|\.blocks$|\.layers$/.test(name));
  frame.set("model.activation_checkpointing", wholeBlocks && mode !== "selective" ? "block" : "cheap", on.key);
}

/** One device unless the config says how many there are: ml-l3m learns that from its launcher. */
function translateMesh(frame: Frame, valueAt: ValueAt, errors: L3mError[]): void {
  const strategy = frame.take(`${FSDP}.sharding_strategy`);
  const replicas = frame.take(`${FSDP}.dp_replicate`);
  const shards = frame.take(`${FSDP}.dp_shard`);
  if (replicas !== undefined && !frame.has("mesh.dp_replicate")) frame.put("mesh.dp_replicate", replicas);
  if (shards !== undefined && !frame.has("mesh.dp_shard")) frame.put("mesh.dp_shard", shards);
  const sizes = [`${FSDP}.dp_replicate`, `${FSDP}.dp_shard`].map((path) => Number(valueAt(path) ?? 1));
  const given = replicas ?? shards;
  if (given !== undefined && !frame.has("mesh.devices"))
    frame.set("mesh.devices", (sizes[0] ?? 1) * (sizes[1] ?? 1), given.key);
  if (strategy === undefined) return;
  const name = String(valueAt(`${FSDP}.sharding_strategy`)).toUpperCase();
  if (!STRATEGIES.includes(name))
    errors.push(unknownValue(`${FSDP}.sharding_strategy`, name, STRATEGIES, strategy.key));
  const devices = frame.get("mesh.devices");
  if (name === "NO_SHARD" && devices !== undefined && !frame.has("mesh.dp_replicate"))
    frame.put("mesh.dp_replicate", devices);
}
