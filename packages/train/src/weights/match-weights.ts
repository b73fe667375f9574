/** Comparing weights with what a model declares: every difference, before anything is read. */
import { matchesGlob, type Model } from "@l3m/core";
import type { Declared, DeclaredTensor } from "./layouts/layout.ts";
import type { Weights, WeightSource } from "./weight-source.ts";

/** A tensor whose sizes are not those of the model. */
export interface ShapeClash {
  readonly declared: DeclaredTensor;
  readonly given: WeightSource;
}

export interface WeightMatch {
  /** What fits, by the model's path. */
  readonly fitting: Weights;
  /** Declared, and not given. */
  readonly missing: readonly DeclaredTensor[];
  /** Given, and not declared. */
  readonly unexpected: Weights;
  readonly clashes: readonly ShapeClash[];
  /** Not given, and need not be: they start as initialised. */
  readonly left: readonly string[];
}

/** Tensors of a model's state dict by path: parameters, and the buffers that PyTorch would save. */
export function declaredTensors({ params, buffers }: Pick<Model, "params" | "buffers">): Declared {
  return new Map([...params, ...buffers.filter(({ persistent }) => persistent)].map((spec) => [spec.path, spec]));
}

/** Tables that are computed from the config; checkpoints of L3M hold them, and they are not taken from there. */
export function transientNames({ buffers }: Pick<Model, "buffers">): ReadonlySet<string> {
  return new Set(buffers.filter(({ persistent }) => !persistent).map(({ path }) => path));
}

export interface MatchOptions {
  /** Names that filters left out on purpose. */
  readonly excluded: ReadonlySet<string>;
  /** Globs of names that need not be given. */
  readonly allowMissing: readonly string[];
  /** Names that may be given and are not used. */
  readonly transient: ReadonlySet<string>;
}

export function matchWeights(declared: Declared, weights: Weights, options: MatchOptions): WeightMatch {
  const fitting = new Map<string, WeightSource>();
  const unexpected = new Map<string, WeightSource>();
  const clashes: ShapeClash[] = [];
  for (const [name, given] of weights) {
    const wanted = declared.get(name);
    if (wanted === undefined) {
      if (!options.transient.has(name)) unexpected.set(name, given);
    } else if (wanted.shape.join() === given.shape.join()) fitting.set(name, given);
    else clashes.push({ declared: wanted, given });
  }
  const absent = [...declared.values()].filter(({ path }) => !weights.has(path));
  const mayBeAbsent = ({ path }: DeclaredTensor): boolean =>
    options.excluded.has(path) || options.allowMissing.some((glob) => matchesGlob(path, glob));
  return {
    fitting,
    missing: absent.filter((spec) => !mayBeAbsent(spec)),
    unexpected,
    clashes,
    left: absent.filter(mayBeAbsent).map(({ path }) => path),
  };
}
