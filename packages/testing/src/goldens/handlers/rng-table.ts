/** `rng_table`: the streams of random numbers that recorded cases were drawn from. */
import { betaFrom, TorchMt19937, torchRandperm } from "@l3m/data";
import { Comparison, DOUBLE_PRECISION, EXACT } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { NumpyLegacy } from "../rng/numpy-legacy.ts";
import { NumpyPcg64, seedSequence } from "../rng/numpy-pcg64.ts";

type Row = Readonly<Record<string, unknown>>;

/** What a generator gives for one key of a row, drawn from a fresh stream; undefined for keys that are arguments. */
type Draw = (row: Row, key: string) => unknown;

/** By the `generator` of the case. */
const GENERATORS: Readonly<Record<string, Draw>> = {
  torch: drawTorch,
  numpy_legacy: drawNumpyLegacy,
  pcg64: drawPcg64,
  worker: drawWorker,
};

export const rngTable: Handler = {
  builds: () => [],
  run(golden) {
    const comparison = new Comparison();
    for (const [i, row] of (golden.fields["table"] as readonly Row[]).entries()) {
      for (const [key, expected] of Object.entries(row)) {
        const got = GENERATORS[generatorOf(golden)]?.(row, key);
        const tolerance = key.startsWith("beta_") ? DOUBLE_PRECISION : EXACT;
        if (got !== undefined) comparison.value(`table.${i}.${key}`, got, expected, tolerance);
      }
    }
    return comparison;
  },
};

function generatorOf(golden: GoldenCase): string {
  return String(golden.fields["generator"]);
}

/** As many draws as the row has under `key`, or one. */
function drawn<T>(row: Row, key: string, draw: () => T): T | T[] {
  return Array.isArray(row[key]) ? Array.from(row[key], draw) : draw();
}

function drawTorch(row: Row, key: string): unknown {
  const rng = new TorchMt19937(BigInt(row["seed"] as number | string));
  const [, law, from = "", to = ""] = /^(randint|uniform_f32)_([^_]+)_([^_]+)$/.exec(key) ?? [];
  const [low, high] = [valueOf(from), valueOf(to)];
  if (law === "randint") return drawn(row, key, () => low + rng.below(high - low));
  if (law === "uniform_f32") {
    const start = Math.fround(low);
    const range = Math.fround(Math.fround(high) - start);
    return drawn(row, key, () => Math.fround(rng.float() * range + start)); // one rounding: a fused multiply-add
  }
  switch (key) {
    case "rand_f32":
      return drawn(row, key, () => rng.float());
    case "rand_f64":
      return drawn(row, key, () => Number(rng.uint64() & (2n ** 53n - 1n)) * 2 ** -53);
    case "random_int64":
      return drawn(row, key, () => String(rng.uint64() % 2n ** 63n));
    case "randperm_4_then_10":
      return [[...torchRandperm(4, rng)], [...torchRandperm(10, rng)]];
    default:
      return undefined;
  }
}

/** `-5`, `0.4`, `2^31`. */
function valueOf(text: string): number {
  const [base = 0, exponent = 1] = text.split("^").map(Number);
  return base ** exponent;
}

function drawNumpyLegacy(row: Row, key: string): unknown {
  const rng = new NumpyLegacy(row["seed"] as number);
  const [, from = 0, to = 0] = /^randint_(\d+)_(\d+)$/.exec(key) ?? [];
  if (key === "rand") return drawn(row, key, () => rng.float());
  if (key.startsWith("randint_")) return drawn(row, key, () => Number(from) + rng.below(Number(to) - Number(from)));
  if (!key.startsWith("beta_")) return undefined;
  const beta = betaFrom(rng);
  return drawn(row, key, () => beta(Number(key.slice("beta_".length))));
}

function drawPcg64(row: Row, key: string): unknown {
  const rng = new NumpyPcg64(row["seed"] as number);
  const [, law, from = 0, to = 0] = /^(integers|choice)_(\d+)_(\d+)$/.exec(key) ?? [];
  if (key === "random") return drawn(row, key, () => rng.float());
  if (law === "integers") return drawn(row, key, () => Number(from) + rng.below(Number(to) - Number(from)));
  if (law === "choice") return drawn(row, key, () => Number(from) + rng.below(Number(to) - Number(from) + 1));
  if (key === "mixed_random_int_random") return [rng.float(), rng.below(7), rng.float(), rng.below(1000), rng.below(3)];
  return undefined;
}

/** Seeds of the worker processes of torch's data loader. */
function drawWorker(row: Row, key: string): unknown {
  const baseSeed = BigInt(row["base_seed"] as number | string);
  const seed = BigInt.asUintN(64, baseSeed + BigInt(row["worker"] as number));
  const words = seedSequence([row["worker"] as number, Number(baseSeed & 0xffffffffn), Number(baseSeed >> 32n), 0], 4);
  if (key === "torch_and_python_seed") return String(seed);
  if (key === "numpy_state_words") return words;
  const rng = key === "first_numpy_rand" ? new NumpyLegacy(words) : new TorchMt19937(seed);
  return key.startsWith("first_") ? drawn(row, key, () => rng.float()) : undefined;
}
