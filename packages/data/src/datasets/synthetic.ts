/** Random samples of declared shapes: a model's speed and memory without its data. */
import { type Dataset, defineDataset, L3mError, type Sample } from "@l3m/core";
import { z } from "zod";
import { type PhiloxRng, sampleRng } from "../rng/sample-rng.ts";
import { type FieldArray, sizeOf } from "../tensor-field.ts";

const field = z.strictObject({
  shape: z.array(z.int().positive()).describe("Shape in one sample; a batch has one axis more in front."),
  dtype: z.enum(["float32", "int32", "uint8"]).default("float32").describe("int32 for ids, uint8 for raw images."),
  min: z.number().default(0).describe("Smallest value."),
  max: z.number().default(1).describe("Values lie below it; of ids, the size of the vocabulary."),
});
type FieldSpec = z.infer<typeof field>;

/** How many different stretches of its pool a field can be. */
const OFFSETS = 65_536;

const ARRAYS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

/**
 * Sample i holds, for every field, a stretch of a pool of uniform numbers that is drawn once, so that making a batch costs
 * next to nothing. Samples depend on seed and index alone.
 */
class SyntheticDataset implements Dataset {
  readonly length: number;
  readonly #seed: number;
  readonly #pools: readonly { readonly key: string; readonly shape: readonly number[]; readonly pool: FieldArray }[];

  constructor(length: number, seed: number, fields: Readonly<Record<string, FieldSpec>>) {
    this.length = length;
    this.#seed = seed;
    this.#pools = Object.entries(fields).map(([key, spec]) => ({
      key,
      shape: spec.shape,
      pool: drawPool(spec, sampleRng(seed, 0, 0).fork(key)),
    }));
  }

  get(index: number): Sample {
    const rng = sampleRng(this.#seed, 1, index);
    return Object.fromEntries(
      this.#pools.map(({ key, shape, pool }) => {
        const start = rng.fork(key).below(OFFSETS);
        return [key, { data: pool.subarray(start, start + sizeOf(shape)), shape }];
      }),
    );
  }
}

function drawPool({ shape, dtype, min, max }: FieldSpec, rng: PhiloxRng): FieldArray {
  const pool = new ARRAYS[dtype](sizeOf(shape) + OFFSETS);
  for (let i = 0; i < pool.length; i++) {
    const value = min + (max - min) * (rng.uint32() / 2 ** 32);
    pool[i] = dtype === "float32" ? value : Math.floor(value);
  }
  return pool;
}

/** The dataset `data/synthetic`. */
export const syntheticDataset = defineDataset({
  name: "synthetic",
  summary: "Random arrays of declared shapes, for measuring without data; a sample depends on seed and index alone.",
  options: z.strictObject({
    fields: z.record(z.string(), field).describe("Fields of a sample by key: { shape, dtype, min, max }."),
    length: z.int().positive().default(65_536).describe("Number of samples."),
    seed: z.int().nonnegative().default(0).describe("Other seeds give other samples."),
  }),
  build({ fields, length, seed }, context) {
    for (const [key, { dtype, min, max }] of Object.entries(fields)) {
      const [least, most] = dtype === "uint8" ? [0, 256] : [-(2 ** 31), 2 ** 31];
      const fits =
        dtype === "float32" || (Number.isInteger(min) && Number.isInteger(max) && min >= least && max <= most);
      if (min < max && fits) continue;
      throw new L3mError("L3M_BAD_OPTION", {
        message: `The values of the field "${key}" have no range.`,
        where: { path: `${context.where}.fields.${key}` },
        expected: dtype === "float32" ? "min below max" : `integers min < max within [${least}, ${most}]`,
        got: `min ${min}, max ${max}`,
        fix: "Set min and max; max itself is not reached.",
      });
    }
    return new SyntheticDataset(length, seed, fields);
  },
});
