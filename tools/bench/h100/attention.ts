/**
 * Fused attention by cuDNN beside the form of matrix products: largest differences of output and gradients from true f32, and
 * the time of one forward and backward pass in bf16. One line per shape.
 *
 *   attention [--platform cuda13|cpu] [--runs N] [--cache DIR] [--only TEXT] [--small]
 *
 * `--only` takes the shapes with TEXT in their names.
 * `--small` leaves out long sequences and big batches, for trying it without a GPU (where both columns are of products).
 */
import { parseArgs } from "node:util";
import path from "node:path";
import * as tf from "@l3m/core/tf";
import { isL3mError } from "@l3m/errors";
import { defaultCacheDir, ensurePlugin } from "@l3m/pjrt";
import { startXla, type StartOptions } from "@l3m/tfjs-backend-xla";
import { castPrecision, counterNormal, fusedAttention, iota, streamOf } from "@l3m/tfjs-kernels";

const { values: options } = parseArgs({
  options: {
    platform: { type: "string", default: "cuda13" },
    runs: { type: "string", default: "20" },
    cache: { type: "string" },
    small: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

interface Shape {
  readonly name: string;
  readonly sizes: readonly [B: number, H: number, G: number, N: number, M: number, d: number];
  readonly causal?: boolean;
  readonly mask?: (B: number, H: number, N: number, M: number) => tf.Tensor;
}

/** Keys below `count`. */
const firstKeys = (count: number) => (_B: number, _H: number, _N: number, M: number) =>
  tf.less(iota([1, 1, 1, M], 3), count);
/** A bidirectional prefix, then causal; query 3 of every sequence sees nothing. */
const prefix = (B: number, _H: number, N: number, M: number) => {
  const [query, key] = [iota([B, 1, N, M], 2), iota([B, 1, N, M], 3)];
  const seen = tf.logicalOr(tf.lessEqual(key, query), tf.less(key, tf.add(iota([B, 1, N, M], 0), 4)));
  return tf.logicalAnd(seen, tf.notEqual(query, 3));
};
const bias = (_B: number, H: number, N: number, M: number) => normal("bias", [1, H, N, M]);

const ALL: readonly Shape[] = [
  { name: "LLM 257M, causal", sizes: [16, 8, 8, 1024, 1024, 128], causal: true },
  { name: "LLM 1.03B, causal", sizes: [4, 16, 16, 2048, 2048, 128], causal: true },
  { name: "grouped heads, causal", sizes: [16, 16, 4, 1024, 1024, 64], causal: true },
  { name: "CLIP image, 257", sizes: [128, 8, 8, 257, 257, 128] },
  { name: "CLIP image, 257 in 264", sizes: [128, 8, 8, 264, 264, 128], mask: firstKeys(257) },
  { name: "CLIP image, 256", sizes: [128, 8, 8, 256, 256, 128] },
  { name: "CLIP text, causal, 77", sizes: [128, 6, 6, 77, 77, 128], causal: true },
  { name: "CLIP text, causal, 80", sizes: [128, 6, 6, 80, 80, 128], causal: true },
  { name: "small, 17", sizes: [4, 3, 3, 17, 17, 8] },
  { name: "small, 16", sizes: [4, 3, 3, 16, 16, 8] },
  { name: "small, causal, 17", sizes: [4, 3, 3, 17, 17, 8], causal: true },
  { name: "prefix mask, empty rows", sizes: [64, 16, 16, 256, 256, 64], mask: prefix },
  { name: "bias, odd lengths", sizes: [64, 8, 8, 50, 77, 64], mask: bias },
  { name: "causal and mask", sizes: [64, 8, 2, 128, 128, 64], causal: true, mask: firstKeys(100) },
  { name: "causal, more keys", sizes: [64, 8, 8, 64, 256, 64], causal: true },
  { name: "causal, more queries", sizes: [64, 8, 8, 256, 64, 64], causal: true },
];

const SHAPES = ALL.filter(({ name, sizes }) => name.includes(options.only) && (!options.small || sizes[3] <= 300));

function normal(name: string, shape: readonly number[]): tf.Tensor {
  return counterNormal(tf.tensor1d([1, 2], "int32"), { shape, stream: streamOf(name) });
}

type Values = readonly Float32Array[];

interface Measured {
  /** Output, dq, dk, dv of two samples. */
  readonly values: Values;
  readonly ms: number;
}

/** One column of the table: every shape on one engine. */
async function measure(start: StartOptions, format: "bf16" | "f32"): Promise<readonly (Measured | string)[]> {
  const engine = startXla(start);
  const run = async (shape: Shape, batch: number, runs: number): Promise<Measured> => {
    const [, H, G, N, M, d] = shape.sizes;
    const draw = engine.jit((anchor: tf.Tensor) => [
      ...(["q", "k", "v", "dy"] as const).map((name) => {
        const x = normal(name, name === "q" || name === "dy" ? [batch, H, N, d] : [batch, G, M, d]);
        return castPrecision(castPrecision(x, "bf16"), format);
      }),
      ...(shape.mask === undefined ? [] : [shape.mask(batch, H, N, M)]),
      anchor,
    ]);
    const inputs = draw(tf.scalar(0));
    const step = engine.jit((given: tf.Tensor[]) => {
      const [q, k, v, dy, ...rest] = given as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
      const mask = shape.mask === undefined ? undefined : rest[0];
      const attend = (...[a, b, c]: tf.Tensor[]) =>
        fusedAttention(a as tf.Tensor, b as tf.Tensor, c as tf.Tensor, { causal: shape.causal, mask });
      const { value, grads } = tf.valueAndGrads(attend)([q, k, v], dy);
      return [value, ...grads, tf.slice(tf.reshape(grads[0] as tf.Tensor, [-1]), 0, 1)];
    });
    let results = step(inputs);
    await results[4]?.data();
    const begin = performance.now();
    for (let i = 0; i < runs; i++) {
      tf.dispose(results);
      results = step(inputs);
    }
    await results[4]?.data();
    const ms = (performance.now() - begin) / runs;
    const values: Float32Array[] = [];
    if (runs === 1) for (const x of results.slice(0, 4)) values.push((await x.data()) as Float32Array);
    tf.dispose([inputs, results]);
    return { values, ms };
  };
  const column: (Measured | string)[] = [];
  for (const shape of SHAPES) {
    try {
      const { values } = await run(shape, 2, 1);
      const { ms } = await run(shape, options.small ? 2 : shape.sizes[0], Number(options.runs));
      column.push({ values, ms });
    } catch (error) {
      column.push(isL3mError(error) ? (error.message.split("\n").slice(0, 3).join(" ") ?? "") : String(error));
    }
  }
  await engine.stop();
  return column;
}

/** Largest difference relative to the largest value. */
function difference(got: Float32Array | undefined, expected: Float32Array | undefined): string {
  let [worst, largest] = [0, 0];
  expected?.forEach((x, i) => {
    const error = Math.abs((got?.[i] ?? NaN) - x);
    if (!(error <= worst)) worst = error; // NaN too
    largest = Math.max(largest, Math.abs(x));
  });
  return (worst / largest).toExponential(1);
}

const platform = options.platform === "cpu" ? "cpu" : "cuda13";
const cacheDir = options.cache === undefined ? defaultCacheDir() : path.resolve(options.cache);
const pluginPath = await ensurePlugin(platform, { cacheDir });
const exact = await measure({ pluginPath, lowerFor: "cpu" }, "f32");
const products = await measure({ pluginPath, lowerFor: "cpu" }, "bf16");
const cudnn = await measure({ pluginPath }, "bf16");

console.log("shape                      cuDNN ms  products ms   cuDNN: o dq dk dv              products: o dq dk dv");
SHAPES.forEach(({ name }, i) => {
  const columns = [cudnn[i], products[i]].map((column) => {
    const truth = exact[i];
    if (typeof column !== "object" || typeof truth !== "object") return { ms: "-", errors: String(column) };
    const errors = column.values.map((x, j) => difference(x, truth.values[j])).join(" ");
    return { ms: column.ms.toFixed(3), errors };
  });
  const [first, second] = columns;
  console.log(
    `${name.padEnd(26)} ${first?.ms.padStart(8)} ${second?.ms.padStart(12)}   ${first?.errors}   ${second?.errors}`,
  );
});
