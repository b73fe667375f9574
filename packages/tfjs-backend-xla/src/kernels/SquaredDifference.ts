/** SquaredDifference: (a - b)^2. */
import { multiply, subtract } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const squaredDifference = arithmetic("SquaredDifference", (a, b) => {
  const difference = subtract(a, b);
  return multiply(difference, difference);
});
