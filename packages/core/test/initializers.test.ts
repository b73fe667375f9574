/**
 * Initialisers against the distributions that they name: moments, bounds, and the largest distance between the observed and the
 * exact distribution function (Kolmogorov and Smirnov), on fixed keys.
 */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@l3m/core/tf";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  build,
  corePlugin,
  defineModule,
  definePlugin,
  drawFromStream,
  drawParam,
  type Initializer,
  ONES,
  Registry,
  slotList,
  ZEROS,
} from "../src/index.ts";

beforeAll(() => tf.setBackend("cpu"));

const N = 20_000;
/** Exceeded by one of ten thousand samples of the right distribution. */
const KS_LIMIT = 2.23 / Math.sqrt(N);

const key = (a = 3, b = 5): tf.Tensor => tf.tensor1d([a, b], "int32");
const sample = (init: Initializer, path = "w", shape: readonly number[] = [N]): Float32Array =>
  drawParam(init, key(), path, shape).dataSync() as Float32Array;

/** The distribution function of N(0, 1) to 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return x < 0 ? upper : 1 - upper;
}

interface Distribution {
  readonly init: Initializer;
  readonly cdf: (x: number) => number;
  readonly mean?: number;
  readonly std: number;
  readonly bounds?: readonly [number, number];
}

function uniform(init: Initializer, min: number, max: number): Distribution {
  const cdf = (x: number): number => (x - min) / (max - min);
  return { init, cdf, mean: (min + max) / 2, std: (max - min) / Math.sqrt(12), bounds: [min, max] };
}

function normal(init: Initializer, std: number, mean = 0): Distribution {
  return { init, cdf: (x) => normalCdf((x - mean) / std), mean, std };
}

/** N(0, sigma^2) cut to [-b sigma, b sigma]. */
function truncated(init: Initializer, sigma: number, b: number): Distribution {
  const mass = 2 * normalCdf(b) - 1;
  const density = Math.exp((-b * b) / 2) / Math.sqrt(2 * Math.PI);
  return {
    init,
    cdf: (x) => (normalCdf(x / sigma) - normalCdf(-b)) / mass,
    std: sigma * Math.sqrt(1 - (2 * b * density) / mass),
    bounds: [-b * sigma, b * sigma],
  };
}

const STD_OF_CUT = 0.87962566103423978; // of N(0, 1) cut to [-2, 2]; timm's constant
const DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  uniform: uniform({ kind: "uniform", min: -0.1, max: 0.3 }, -0.1, 0.3),
  "xavier-uniform": uniform(
    { kind: "xavier-uniform", fan_in: 588, fan_out: 1536 },
    -Math.sqrt(6 / 2124),
    Math.sqrt(6 / 2124),
  ),
  "linear-default": uniform({ kind: "linear-default", fan_in: 49 }, -1 / 7, 1 / 7),
  normal: normal({ kind: "normal", std: 0.02 }, 0.02),
  "normal around a mean": normal({ kind: "normal", std: 0.5, mean: 3 }, 0.5, 3),
  "kaiming for a linear layer": normal({ kind: "variance-scaling", scale: 2, fan_in: 50, truncated: false }, 0.2),
  "trunc-normal, cut far outside": truncated({ kind: "trunc-normal", std: 0.02 }, 0.02, 100),
  "trunc-normal, cut inside": truncated({ kind: "trunc-normal", std: 2 }, 2, 1),
  "variance-scaling": truncated(
    { kind: "variance-scaling", scale: 1 / 13, fan_in: 64, truncated: true },
    Math.sqrt(1 / 13 / 64) / STD_OF_CUT,
    2,
  ),
  scaled: normal({ kind: "scaled", init: { kind: "normal", std: 0.02 }, by: 0.5 }, 0.01),
};

describe.each(Object.entries(DISTRIBUTIONS))("%s", (_name, { init, cdf, mean = 0, std, bounds }) => {
  const values = (): Float32Array => sample(init).sort();

  it("has the distribution function that its name says", () => {
    const distance = values().reduce((worst, x, i) => Math.max(worst, Math.abs(cdf(x) - (i + 0.5) / N)), 0);
    expect(distance).toBeLessThan(KS_LIMIT);
  });

  it("has its mean and standard deviation, and stays inside its bounds", () => {
    const xs = values();
    const average = xs.reduce((sum, x) => sum + x, 0) / N;
    const deviation = Math.sqrt(xs.reduce((sum, x) => sum + (x - average) ** 2, 0) / N);
    expect(Math.abs(average - mean)).toBeLessThan((5 * std) / Math.sqrt(N));
    expect(Math.abs(deviation / std - 1)).toBeLessThan(5 / Math.sqrt(2 * N));
    if (bounds === undefined) return;
    expect(xs[0]).toBeGreaterThanOrEqual(Math.fround(bounds[0]));
    expect(xs[N - 1]).toBeLessThanOrEqual(Math.fround(bounds[1]));
  });
});

describe("draws", () => {
  const unit: Initializer = { kind: "normal", std: 1 };
  const correlation = (a: Float32Array, b: Float32Array): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
    return Math.abs(sum / a.length);
  };

  it("of other parameters, other keys and neighbouring elements are independent", () => {
    const w = sample(unit);
    const otherKey = drawParam(unit, key(3, 6), "w", [N]).dataSync() as Float32Array;
    expect(correlation(w, sample(unit, "v"))).toBeLessThan(5 / Math.sqrt(N));
    expect(correlation(w, otherKey)).toBeLessThan(5 / Math.sqrt(N));
    expect(correlation(w.subarray(1), w)).toBeLessThan(5 / Math.sqrt(N));
  });

  it("depend on key and path, not on the shape", () => {
    expect(sample(unit, "w", [20, 1000])).toEqual(sample(unit));
  });

  it("of one stream are the numbers of its key", () => {
    const [a, b] = [drawFromStream(unit, key(1, 2), [8]), drawFromStream(unit, key(1, 2), [2, 4])];
    expect(a.dataSync()).toEqual(b.dataSync());
  });

  it("of constants and tables are exact", () => {
    expect([...sample(ONES, "w", [3]), ...sample(ZEROS, "w", [2])]).toEqual([1, 1, 1, 0, 0]);
    const table: Initializer = { kind: "table", values: () => [0.5, -2, 3, 4] };
    const drawn = drawParam({ kind: "scaled", init: table, by: 2 }, key(), "w", [2, 2]);
    expect(drawn.shape).toEqual([2, 2]);
    expect([...drawn.dataSync()]).toEqual([1, -4, 6, 8]);
  });
});

describe("an owner", () => {
  /** Declares `own`, builds its parts, then sets every parameter inside to `value`, or scales them by it. */
  const owner = defineModule({
    name: "owner",
    summary: "Re-initialises what it holds.",
    options: z.strictObject({ value: z.number(), scales: z.boolean().default(false) }),
    slots: { parts: slotList("module") },
    build({ value, scales, parts }, context) {
      context.param("own", [1], { init: { kind: "normal", std: 1 } });
      parts.forEach((ref, i) => context.child(`${i}`, ref));
      context.reinit(
        () => true,
        ({ init }) => (scales ? { kind: "scaled", init, by: value } : { kind: "constant", value }),
      );
      return { forward: (x) => x };
    },
  });
  const registry = new Registry([corePlugin, definePlugin({ namespace: "test", provides: [owner] })]);
  const node = (value: number, parts: readonly object[], options = {}): object => ({
    module: "test/owner",
    value,
    parts,
    ...options,
  });
  const startsWith = (root: object): Record<string, number> =>
    Object.fromEntries(
      build(registry, "module", root as Record<string, unknown>).params.map(({ path, init, shape }) => [
        path,
        drawParam(init, key(), path, shape).dataSync()[0] as number,
      ]),
    );

  it("acts after everything inside it, as the runner of ml-l3m does: the outermost wins", () => {
    expect(startsWith(node(1, [node(2, [node(3, [])]), node(4, [])]))).toEqual({
      own: 1,
      "0.own": 1,
      "0.0.own": 1,
      "1.own": 1,
    });
  });

  it("sees what those inside chose", () => {
    const inner = node(3, []);
    const middle = node(2, [inner], { scales: true });
    const { "0.0.own": scaled, "0.own": own } = startsWith(node(0.5, [middle], { scales: true }));
    expect(scaled).toBe(3);
    expect(own).toBeCloseTo(sample({ kind: "normal", std: 1 }, "0.own", [1])[0] as number, 6);
  });

  it("leaves its neighbours alone", () => {
    expect(startsWith(node(1, [node(2, [])], { scales: true }))["0.own"]).toBe(2);
  });
});
