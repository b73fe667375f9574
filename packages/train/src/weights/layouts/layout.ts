/** What a layout of weights is: how another library names the tensors of an architecture. Each is data; `apply-layout` uses it. */

/** A parameter or buffer that a model declares. */
export interface DeclaredTensor {
  readonly path: string;
  readonly shape: readonly number[];
}

/** The tensors of a model by path. */
export type Declared = ReadonlyMap<string, DeclaredTensor>;

/** A name there, a name here. `{i}` stands for a number, `{k}` for `weight` or `bias`, the same on both sides. */
export interface NameRule {
  readonly theirs: string;
  readonly ours: string;
  /** Rank there, where tables have fewer dimensions than here. */
  readonly rank?: number;
  /** The name there stands outside of the tower's prefix. */
  readonly outside?: boolean;
}

/** An encoder. Here it begins wherever a model has one; there it may have a prefix. */
export interface TowerLayout {
  /** Prefix in a file of several towers; files of one may leave it out. */
  readonly prefix: string;
  /** A name there, without the prefix, that every such encoder has. */
  readonly theirMarker: string;
  /** A name here that tells where such an encoder begins. */
  readonly ourMarker: string;
  readonly rules: readonly NameRule[];
}

export interface WeightLayout {
  /** As configs and the command line spell it. */
  readonly name: string;
  /** Globs of names, one of which a file in this layout has. */
  readonly signature: readonly string[];
  readonly towers: readonly TowerLayout[];
  /** Globs of names there that hold no weights. */
  readonly ignored: readonly string[];
  /** Globs of what a model here has and this layout does not know: constants, which start as initialised. */
  readonly absent: readonly string[];
}
