/**
 * Inverse error function in single precision (M. Giles, "Approximating the erfinv function", GPU Computing Gems 2011).
 * The coefficients are data so that every engine evaluates the same polynomials.
 */

/** Coefficients for w = -log(1 - x^2) < 5, highest power first, in powers of (w - 2.5). */
export const ERF_INV_CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  2.46640727e-1, 1.50140941,
].map(Math.fround);

/** Coefficients for w >= 5, highest power first, in powers of (sqrt(w) - 3). */
export const ERF_INV_TAIL = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406,
  2.83297682,
].map(Math.fround);

/** erfinv(x) for |x| < 1, rounded to single precision after every operation. */
export function erfInv(x: number): number {
  const f = Math.fround;
  let w = f(-f(Math.log1p(f(-f(x * x)))));
  const central = w < 5;
  w = central ? f(w - 2.5) : f(f(Math.sqrt(w)) - 3);
  let p = 0;
  for (const coefficient of central ? ERF_INV_CENTRAL : ERF_INV_TAIL) p = f(f(p * w) + coefficient);
  return f(p * x);
}

/** erf(x) in double precision: the Maclaurin series near zero, the continued fraction of erfc in the tails. */
export function erf(x: number): number {
  const t = Math.abs(x);
  if (t > 6) return Math.sign(x);
  return Math.sign(x) * (t < 2.5 ? erfSeries(t) : 1 - erfcFraction(t));
}

function erfSeries(t: number): number {
  let term = t;
  let sum = t;
  for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
    term *= (-t * t) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function erfcFraction(t: number): number {
  let fraction = t;
  for (let k = 60; k >= 1; k--) fraction = t + k / 2 / fraction;
  return Math.exp(-t * t) / (Math.sqrt(Math.PI) * fraction);
}
