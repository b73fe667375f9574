/** What a run can do when a device has too little memory: what its own arrays take, and the config keys that help. */
import { isL3mError, L3mError } from "@l3m/errors";
import { physicalDtype } from "@l3m/tfjs-kernels";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Tree } from "./engine.ts";

/** Arrays of a function's arguments that belong together. */
export interface BufferGroup {
  /** Path in the arguments, for example `0.params`. */
  readonly path: string;
  readonly bytes: number;
  readonly arrays: number;
}

/** In the order in which they cost least. */
const KEYS = [
  "data.train.batch_size (smaller)",
  "optim.gradient_accumulation_steps (more, with the same batch)",
  "experiment.precision: bf16",
  "model.activation_checkpointing: block",
  "mesh.devices (more, which shards parameters and optimizer state)",
];

const BYTES: Readonly<Record<string, number>> = { f32: 4, bf16: 2 };

/** The arguments by the first `depth` steps of their paths, largest first. */
export function describeBuffers(args: readonly Tree[], depth = 2): BufferGroup[] {
  const groups = new Map<string, { bytes: number; arrays: number }>();
  const visit = (tree: Tree, path: readonly string[]): void => {
    if (isTensor(tree)) {
      const key = path.slice(0, depth).join(".");
      const group = groups.get(key) ?? { bytes: 0, arrays: 0 };
      groups.set(key, { bytes: group.bytes + bytesOf(tree), arrays: group.arrays + 1 });
    } else for (const [key, part] of Object.entries(tree) as [string, Tree][]) visit(part, [...path, key]);
  };
  args.forEach((arg, index) => visit(arg, [String(index)]));
  return [...groups].map(([path, group]) => ({ path, ...group })).sort((a, b) => b.bytes - a.bytes);
}

/** The same error with the arguments' sizes and the keys of the config; other errors, and explained ones, as they are. */
export function explainOutOfMemory(error: unknown, fn: string, args: readonly Tree[]): unknown {
  if (!isL3mError(error) || error.code !== "L3M_OUT_OF_MEMORY" || error.details.data?.["groups"] !== undefined)
    return error;
  const groups = describeBuffers(args);
  const largest = groups
    .slice(0, 5)
    .map(({ path, bytes, arrays }) => `${path} ${gigabytes(bytes)} (${arrays} arrays)`)
    .join(", ");
  const { details } = error;
  return new L3mError(error.code, {
    ...details,
    where: { path: fn, ...details.where },
    got: [...(details.got === undefined ? [] : [details.got]), `arguments of "${fn}": ${largest}`].join(
      "\n            ",
    ),
    fix: [
      ...(details.fix === undefined ? [] : [details.fix]),
      `Change in the config, one at a time: ${KEYS.join("; ")}.`,
    ].join("\n            "),
    data: { ...details.data, groups },
    cause: error,
  });
}

function isTensor(tree: Tree): tree is Tensor {
  return "dataId" in tree && "dtype" in tree;
}

function bytesOf(tensor: Tensor): number {
  if (tensor.dtype === "bool") return tensor.size;
  return tensor.size * (tensor.dtype === "float32" && !tensor.isDisposed ? (BYTES[physicalDtype(tensor)] ?? 4) : 4);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
