/** The inverse error function by the polynomials that the host uses too, so that all engines draw the same normals. */
import { add, compare, log1p, multiply, negate, select, sqrt, subtract, type Value } from "@l3m/stablehlo";
import { ERF_INV_CENTRAL, ERF_INV_TAIL } from "@l3m/tfjs-kernels";
import { fullLike } from "./broadcast.ts";

/** erfinv(x) of f32 values in (-1, 1) (Giles 2011). */
export function erfInverse(x: Value): Value {
  const w = negate(log1p(negate(multiply(x, x))));
  const central = compare("LT", w, fullLike(w, 5));
  const t = select(central, subtract(w, fullLike(w, 2.5)), subtract(sqrt(w), fullLike(w, 3)));
  let polynomial = fullLike(t, 0);
  ERF_INV_CENTRAL.forEach((coefficient, i) => {
    const chosen = select(central, fullLike(t, coefficient), fullLike(t, ERF_INV_TAIL[i] ?? 0));
    polynomial = add(multiply(polynomial, t), chosen);
  });
  return multiply(polynomial, x);
}
