/** Interfaces of the data kinds: samples, datasets, transforms, samplers, tokenizers, collation. */

/** One value of a sample: an array with a shape, or a plain value. Masks are bytes, 1 = true; a bool port reads them as such. */
export type Field =
  | { readonly data: Float32Array | Int32Array | Uint8Array; readonly shape: readonly number[] }
  | string
  | number
  | boolean;

/** One example by key. */
export type Sample = Record<string, Field>;

/** Counter-based randomness of one sample: depends on seed, draw and index, never on the worker that computes it. */
export interface SampleRng {
  /** 32 random bits as an unsigned integer. */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** An independent generator named after its use. */
  fork(name: string): SampleRng;
}

export interface Dataset {
  readonly length: number;
  /** Concept id of each item, for samplers that keep a batch free of duplicates. */
  readonly concepts?: Int32Array;
  /** Credits that must be shown where the data is. */
  readonly credits?: readonly string[];
  /** Throws `L3M_BAD_SAMPLE` for an item that cannot be read. */
  get(index: number, rng: SampleRng): Promise<Sample> | Sample;
}

export type Transform = (sample: Sample, rng: SampleRng) => Promise<Sample> | Sample;

/** What a pre-training objective draws anew for every sample: which patches are hidden, and the like. */
export interface MaskGenerator {
  /** Key of the sample that the drawn value goes under: the `write_key` of the node. */
  readonly writes: string;
  generate(rng: SampleRng): Field;
}

export interface Sampler {
  /** The next batch of indices, and its number (which seeds the randomness of its samples). Undefined at the end of a finite one. */
  next(): { readonly indices: Int32Array; readonly draw: number } | undefined;
  /** Everything needed to go on from here, as JSON. */
  state(): unknown;
  restore(state: unknown): void;
}

export interface Tokenizer {
  readonly vocabSize: number;
  /** Tokenizers with equal fingerprints give every text the same ids; cached tokens are kept under it. */
  readonly fingerprint: string;
  readonly bosId?: number;
  readonly eosId?: number;
  readonly padId?: number;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** Ids of every text as a model reads them: special tokens around them, padded or cut to one length. Absent where a tokenizer has no length. */
  rows?(texts: readonly string[]): number[][];
}

/** Samples stacked along a new first axis. */
export interface Batch {
  readonly tensors: Readonly<
    Record<string, { readonly data: Float32Array | Int32Array | Uint8Array; readonly shape: readonly number[] }>
  >;
  readonly values: Readonly<Record<string, readonly (string | number | boolean)[]>>;
}

/** `rng`, the randomness of this batch, is for collations that draw something: the loader gives it, and only to whole batches. */
export type Collate = (samples: readonly Sample[], rng?: SampleRng) => Batch;
