/** Families of kernels that work element by element. */
import { compare, convert, type Direction, isFloat, type Value } from "@l3m/stablehlo";
import { broadcastPair, toFloat, toNumber, unify } from "./broadcast.ts";
import { type KernelLowering, lowering } from "./kernel.ts";

/** A function of reals: integers are converted, the result is float32. */
export function floatUnary(kernelName: string, op: (x: Value) => Value): KernelLowering {
  return lowering<"x">(kernelName, ({ x }) => ({ value: op(toFloat(x.value)), dtype: "float32" }));
}

/** A function that keeps the dtype. */
export function numericUnary(kernelName: string, op: (x: Value) => Value): KernelLowering {
  return lowering<"x">(kernelName, ({ x }) => ({
    value: convert(op(toNumber(x.value)), x.value.type.element),
    dtype: x.dtype,
  }));
}

/** A function that rounds floats and leaves integers alone. */
export function roundingUnary(kernelName: string, op: (x: Value) => Value): KernelLowering {
  return lowering<"x">(kernelName, ({ x }) => ({
    value: isFloat(x.value.type.element) ? op(x.value) : x.value,
    dtype: x.dtype,
  }));
}

/** A test of floats. */
export function floatTest(kernelName: string, op: (x: Value) => Value): KernelLowering {
  return lowering<"x">(kernelName, ({ x }) => ({ value: op(toFloat(x.value)), dtype: "bool" }));
}

/** An arithmetic function of two broadcast operands with the dtype of the first. */
export function arithmetic(kernelName: string, op: (a: Value, b: Value) => Value): KernelLowering {
  return lowering<"a" | "b">(kernelName, ({ a, b }) => {
    const [left, right] = broadcastPair(...unify(a.value, b.value));
    const result = op(toNumber(left), toNumber(right));
    return { value: a.dtype === "bool" ? convert(result, "i1") : result, dtype: a.dtype };
  });
}

/** A comparison of two broadcast operands. */
export function comparison(kernelName: string, direction: Direction): KernelLowering {
  return lowering<"a" | "b">(kernelName, ({ a, b }) => ({
    value: compare(direction, ...broadcastPair(...unify(a.value, b.value))),
    dtype: "bool",
  }));
}

/** A function of two broadcast booleans. */
export function logical(kernelName: string, op: (a: Value, b: Value) => Value): KernelLowering {
  return lowering<"a" | "b">(kernelName, ({ a, b }) => ({
    value: op(...broadcastPair(convert(a.value, "i1"), convert(b.value, "i1"))),
    dtype: "bool",
  }));
}
