/**
 * The same numbers in the form that a model declares: attention with one projection for queries, keys and values, or with one
 * for each; and tables with or without dimensions of size 1.
 */
import { ARRAYS, sizeOf, type TensorData } from "../../checkpoint/tensor-source.ts";
import type { WeightSource, Weights } from "../weight-source.ts";
import type { Declared } from "./layout.ts";

const PARTS = ["q_proj", "k_proj", "v_proj"] as const;

/** Joins or splits `<attention>.qkv.*` and `<attention>.{q,k,v}_proj.*` where the model declares the other form. */
export function fitAttention(weights: Weights, declared: Declared): Weights {
  const fitted = new Map(weights);
  for (const [name, source] of weights) {
    const [, stem, kind] = /^(.*)\.qkv\.(weight|bias)$/.exec(name) ?? [];
    if (stem === undefined || declared.has(name)) continue;
    const rows = PARTS.map((part) => declared.get(`${stem}.${part}.${kind}`)?.shape[0]);
    const whole = rows.reduce<number>((sum, count) => sum + (count ?? NaN), 0);
    if (whole !== source.shape[0]) continue;
    fitted.delete(name);
    let start = 0;
    for (const [i, part] of PARTS.entries()) {
      const count = rows[i] as number;
      fitted.set(`${stem}.${part}.${kind}`, rowsOf(source, start, count));
      start += count;
    }
  }
  for (const { path } of declared.values()) {
    const [, stem, kind] = /^(.*)\.qkv\.(weight|bias)$/.exec(path) ?? [];
    if (stem === undefined || weights.has(path)) continue;
    const names = PARTS.map((part) => `${stem}.${part}.${kind}`);
    const parts = names.map((name) => weights.get(name)).filter((part) => part !== undefined);
    if (parts.length < PARTS.length) continue;
    for (const name of names) fitted.delete(name);
    fitted.set(path, joinRows(parts));
  }
  return fitted;
}

/** Separate projections for every fused one, thirds of it: for layouts that know no other form. */
export function splitAttention(weights: Weights): Weights {
  const split = new Map<string, WeightSource>();
  for (const [name, source] of weights) {
    const [, stem, kind] = /^(.*)\.qkv\.(weight|bias)$/.exec(name) ?? [];
    const third = (source.shape[0] ?? 0) / 3;
    if (stem === undefined || !Number.isInteger(third)) split.set(name, source);
    else
      for (const [i, part] of PARTS.entries()) split.set(`${stem}.${part}.${kind}`, rowsOf(source, i * third, third));
  }
  return split;
}

/** The tensor with another shape of as many elements that differs in dimensions of size 1 only; otherwise as it is. */
export function withShape(source: WeightSource, shape: readonly number[]): WeightSource {
  const bare = (sizes: readonly number[]): string => sizes.filter((size) => size !== 1).join();
  return bare(source.shape) === bare(shape) ? { ...source, shape } : source;
}

/** Rows `[start, start + count)`. */
function rowsOf(source: WeightSource, start: number, count: number): WeightSource {
  const row = sizeOf({ shape: source.shape.slice(1) });
  const read = async (): Promise<TensorData> => (await source.read()).slice(start * row, (start + count) * row);
  return { ...source, shape: [count, ...source.shape.slice(1)], read };
}

/** One tensor of the rows of all, whose rows are alike. */
function joinRows(parts: readonly WeightSource[]): WeightSource {
  const [first] = parts as readonly [WeightSource, ...WeightSource[]];
  const shape = [parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0), ...first.shape.slice(1)];
  return {
    ...first,
    shape,
    from: parts.flatMap(({ from }) => from),
    async read() {
      const joined = new ARRAYS[first.dtype](sizeOf({ shape }));
      let at = 0;
      for (const part of parts) {
        const values = await part.read();
        joined.set(values, at);
        at += values.length;
      }
      return joined;
    },
  };
}
