/**
 * The operations that a training step cannot do without: 6 for every weight of a matrix product and every token that passes it
 * (2 forward, 4 backward), and 12 T D for every layer and token in attention, half of it where attention is causal. Work that is
 * done again, look-ups, norms and softmax do not count. Model FLOPs utilisation is this over time and peak.
 */
import type { ParamSpec } from "@l3m/core";
import type { TowerSpec } from "./experiment-spec.ts";
import type { ModelInputs } from "./synthetic-batch.ts";

/** Dense bf16 operations per second of an H100 (SXM), by its data sheet. */
export const H100_PEAK_FLOPS = 989.4e12;

/** Of one sample. */
export function modelFlops(
  params: readonly Pick<ParamSpec, "path" | "shape">[],
  towers: readonly TowerSpec[],
  inputs: ModelInputs,
): number {
  let flops = 0;
  for (const { path, shape } of params)
    flops += 6 * shape.reduce((product, size) => product * size, 1) * tokensThrough(path, shape, towers, inputs);
  for (const { depth, tokens, width, causal } of towers) flops += (causal ? 6 : 12) * depth * tokens * width * tokens;
  return flops;
}

/** How many tokens of a sample a weight is multiplied with. */
function tokensThrough(
  path: string,
  shape: readonly number[],
  towers: readonly TowerSpec[],
  { image }: ModelInputs,
): number {
  if (shape.length < 2 || /embedding|embed\.|pos_embed|cls_token/.test(path)) return 0;
  if (path.includes("patchifier") && image !== undefined) return (image.size / image.patch) ** 2;
  const tower = towers.find(({ prefix }) => path.startsWith(`${prefix}.`));
  if (tower !== undefined) return tower.tokens;
  return image === undefined ? (towers[0]?.tokens ?? 0) : 1; // a head sees every token, or the pooled one
}
