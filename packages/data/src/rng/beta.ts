/**
 * The beta distribution with equal parameters, drawn as numpy's legacy `RandomState.beta` draws it. Source: numpy
 * `legacy-distributions.c` (Johnk's algorithm up to 1; the share of a gamma variable by Marsaglia and Tsang above).
 */
import type { SampleRng } from "@l3m/core";

/** Draws from Beta(a, a), a > 0. */
export function betaFrom(rng: SampleRng): (a: number) => number {
  const gauss = gaussiansFrom(rng);
  return (a) => {
    if (a <= 1) return johnk(rng, a);
    const x = gamma(rng, a, gauss);
    return x / (x + gamma(rng, a, gauss));
  };
}

function johnk(rng: SampleRng, a: number): number {
  for (;;) {
    const u = rng.float();
    const v = rng.float();
    const x = Math.pow(u, 1 / a);
    const y = Math.pow(v, 1 / a);
    if (x + y > 1 || u + v === 0) continue;
    if (x + y > 0) return x / (x + y);
    const larger = Math.max(Math.log(u), Math.log(v)) / a; // both underflow: the same in logarithms
    const logX = Math.log(u) / a - larger;
    const logY = Math.log(v) / a - larger;
    return Math.exp(logX - Math.log(Math.exp(logX) + Math.exp(logY)));
  }
}

/** One draw from Gamma(shape, 1); shape > 1. */
function gamma(rng: SampleRng, shape: number, gauss: () => number): number {
  const b = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * b);
  for (;;) {
    let x = gauss();
    while (1 + c * x <= 0) x = gauss();
    const root = 1 + c * x;
    const v = root * root * root;
    const u = rng.float();
    if (u < 1 - 0.0331 * (x * x) * (x * x) || Math.log(u) < 0.5 * x * x + b * (1 - v + Math.log(v))) return b * v;
  }
}

/** Standard normal numbers, two at a time, by Marsaglia's polar method. */
function gaussiansFrom(rng: SampleRng): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const x = 2 * rng.float() - 1;
      const y = 2 * rng.float() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = scale * x;
      return scale * y;
    }
  };
}
