/** Safetensors files as weights: a single file, or a set of shards with Hugging Face's index. */
import { existsSync } from "node:fs";
import path from "node:path";
import { didYouMean } from "@l3m/errors";
import { MAX_HEADER_BYTES, parseHeader } from "../checkpoint/safetensors-header.ts";
import { sizeOf } from "../checkpoint/tensor-source.ts";
import { badWeights } from "./bad-weights.ts";
import { type BytesAt, fileBytes } from "./bytes-at.ts";
import { ELEMENT_BYTES } from "./element-type.ts";
import { storedWeight, type Weights, type WeightSource } from "./weight-source.ts";

/** The index of a sharded set, next to its files. */
export const INDEX_SUFFIX = ".safetensors.index.json";

/** The tensors of one file, in the order of their data. Only the header is read. @throws L3M_WEIGHTS */
export async function safetensorsWeights(bytes: BytesAt): Promise<Weights> {
  const bad = (got: string): Error => badWeights(bytes.name, "The file is no whole safetensors file.", { got });
  if (bytes.size < 8) throw bad(`${bytes.size} bytes`);
  const length = Number(new DataView((await bytes.read(0, 8)).buffer).getBigUint64(0, true));
  if (length > Math.min(bytes.size - 8, MAX_HEADER_BYTES))
    throw bad(`a header of ${length} bytes in a file of ${bytes.size}`);
  const data = 8 + length;
  const json = new TextDecoder().decode(await bytes.read(8, length));
  const entries = parseHeader(json, bytes.size - data, ELEMENT_BYTES);
  if (typeof entries === "string") throw bad(entries);
  const weights = new Map<string, WeightSource>();
  for (const [name, { dtype, shape, begin }] of entries) {
    const size = sizeOf({ shape }) * ELEMENT_BYTES[dtype];
    weights.set(
      name,
      storedWeight(name, dtype, shape, () => bytes.read(data + begin, size)),
    );
  }
  return weights;
}

/**
 * The tensors of a sharded set, in the order of its index.
 *
 * @param file `model.safetensors.index.json`, or another index of that form
 * @throws L3M_WEIGHTS when a file is missing, or a tensor is not where the index says
 */
export async function shardedWeights(file: string, json: string): Promise<Weights> {
  const map = weightMap(file, json);
  const shards = new Map<string, Weights>();
  for (const shard of new Set(map.values())) {
    const full = path.join(path.dirname(file), shard);
    if (!existsSync(full))
      throw badWeights(file, `"${shard}" of the index is missing.`, { expected: full, got: "no file" });
    shards.set(shard, await safetensorsWeights(await fileBytes(full)));
  }
  const weights = new Map<string, WeightSource>();
  for (const [name, shard] of map) {
    const names = shards.get(shard) as Weights;
    const source = names.get(name);
    if (source === undefined)
      throw badWeights(file, `"${name}" is not in "${shard}", where the index says.${didYouMean(name, names.keys())}`);
    weights.set(name, source);
  }
  return weights;
}

/** File by tensor; files lie next to the index. */
function weightMap(file: string, json: string): ReadonlyMap<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw badWeights(file, "The index is no JSON.", { cause });
  }
  const map: unknown = (parsed as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null)
    throw badWeights(file, "The index has no weight_map.", { expected: '{"weight_map": {"<tensor>": "<file>"}}' });
  return new Map(
    Object.entries(map).map(([name, shard]: [string, unknown]) => {
      if (typeof shard === "string" && shard !== "" && path.basename(shard) === shard) return [name, shard];
      throw badWeights(file, `The index gives no file for "${name}".`, {
        expected: "the name of a file next to the index",
        got: JSON.stringify(shard),
      });
    }),
  );
}
