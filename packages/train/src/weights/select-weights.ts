/**
 * `checkpoint_filters` and `checkpoint_renamer`, with the semantics of ml-l3m: filters are globs of names to leave out and see
 * the names of the file; then, pair after pair, every occurrence of a text in every name becomes another text.
 */
import { matchesGlob } from "@l3m/core";
import type { Weights, WeightSource } from "./weight-source.ts";

export interface Selection {
  readonly filters: readonly string[];
  readonly renamer: readonly (readonly [string, string])[];
}

export interface SelectedWeights {
  /** By their new names; of two with one name, the later one. */
  readonly weights: Weights;
  /** New names of what the filters left out: wholly, or a part that it is made of. */
  readonly excluded: ReadonlySet<string>;
  /** Filters that match no name, and pairs whose first text is in none. */
  readonly idle: readonly string[];
}

/** @param weights each knows by `from` what it is called in the file */
export function selectWeights(weights: Weights, { filters, renamer }: Selection): SelectedWeights {
  const names = [...weights.values()].flatMap(({ from }) => from);
  const idle = filters
    .filter((glob) => !names.some((name) => matchesGlob(name, glob)))
    .map((glob) => `checkpoint_filters: "${glob}" matches no name`);
  const leftOut = ({ from }: WeightSource): boolean =>
    from.some((name) => filters.some((glob) => matchesGlob(name, glob)));
  const used = new Set<number>();
  const rename = (name: string): string =>
    renamer.reduce((current, [source, target], i) => {
      if (current.includes(source)) used.add(i);
      return current.replaceAll(source, () => target);
    }, name);
  const kept = new Map<string, WeightSource>();
  const excluded = new Set<string>();
  for (const [name, source] of weights) {
    const renamed = rename(name);
    if (leftOut(source)) excluded.add(renamed);
    else kept.set(renamed, source);
  }
  for (const [i, [source]] of renamer.entries())
    if (!used.has(i)) idle.push(`checkpoint_renamer: "${source}" is in no name`);
  return { weights: kept, excluded, idle };
}
