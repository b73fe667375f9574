/** Reductions over whole dimensions. */
import { check, checkDims } from "../bad-op.ts";
import { operation, Operation, Region, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { type ElementType, isFloat, isUnsigned, sameShape, scalarType, type TensorType, typeText } from "../types.ts";
import { type Scalar, splat } from "./constant.ts";
import { add, and, maximum, minimum, multiply, or } from "./elementwise.ts";

export type ReduceKind = "add" | "multiply" | "maximum" | "minimum" | "and" | "or";

const COMBINE: Readonly<Record<ReduceKind, (a: Value, b: Value) => Value>> = {
  add,
  multiply,
  maximum,
  minimum,
  and,
  or,
};

/** The region `(a, b) => a <kind> b` on scalars. */
export function reducer(kind: ReduceKind, element: ElementType): Region {
  return new Region([scalarType(element), scalarType(element)], ([a, b]) => [COMBINE[kind](a as Value, b as Value)]);
}

/** The neutral element of a reduction, as a scalar constant. */
export function neutral(kind: ReduceKind, element: ElementType): Value {
  return splat(neutralScalar(kind, element), scalarType(element));
}

function neutralScalar(kind: ReduceKind, element: ElementType): Scalar {
  switch (kind) {
    case "add":
      return 0;
    case "multiply":
      return 1;
    case "and":
      return element === "i1" ? true : -1;
    case "or":
      return element === "i1" ? false : 0;
    case "maximum":
      return lowest(element);
    case "minimum":
      return highest(element);
  }
}

function bits(element: ElementType): bigint {
  return BigInt(element.replace(/^\D+/, ""));
}

function lowest(element: ElementType): Scalar {
  if (element === "i1") return false;
  if (isFloat(element)) return -Infinity;
  return isUnsigned(element) ? 0 : -(1n << (bits(element) - 1n));
}

function highest(element: ElementType): Scalar {
  if (element === "i1") return true;
  if (isFloat(element)) return Infinity;
  return isUnsigned(element) ? (1n << bits(element)) - 1n : (1n << (bits(element) - 1n)) - 1n;
}

/** Combines all elements along `dims`, which disappear. Returns `x` if `dims` is empty. */
export function reduce(x: Value, options: { readonly dims: readonly number[]; readonly kind: ReduceKind }): Value {
  const name = "stablehlo.reduce";
  const { dims, kind } = options;
  const { shape, element } = x.type;
  checkDims(name, "dims", dims, shape.length);
  if (dims.length === 0) return x;
  const init = neutral(kind, element);
  return operation({
    name,
    operands: [x, init],
    result: { shape: shape.filter((_, i) => !dims.includes(i)), element },
    attributes: { dimensions: dims },
    format: (op, nameOf) =>
      `${name}(${nameOf(x)} init: ${nameOf(init)}) applies stablehlo.${kind} across dimensions = [${dims.join(", ")}] : ${signatureText(op)}`,
  });
}

export interface VariadicReduction {
  readonly dims: readonly number[];
  /** One scalar per operand. */
  readonly inits: readonly Value[];
  /** Combines two tuples of scalars, `(accumulated, elements) => accumulated`. */
  readonly body: (accumulated: readonly Value[], elements: readonly Value[]) => readonly Value[];
}

/** Reduces several operands of one shape together (argmax: values and indices). */
export function reduceVariadic(xs: readonly Value[], reduction: VariadicReduction): readonly Value[] {
  const name = "stablehlo.reduce";
  const { dims, inits, body } = reduction;
  const [first] = xs;
  check(first !== undefined && xs.every((x) => sameShape(x.type.shape, first.type.shape)), name, () => [
    "operands must have one shape",
    "one shape",
    xs,
  ]);
  checkDims(name, "dims", dims, first.type.shape.length);
  const scalars = xs.map((x) => scalarType(x.type.element));
  check(
    inits.length === xs.length && inits.every((init, i) => typeText(init.type) === typeText(scalars[i] as TensorType)),
    name,
    () => ["one scalar init per operand", scalars.map(typeText).join(", "), inits],
  );
  const region = new Region([...scalars, ...scalars], (args) => body(args.slice(0, xs.length), args.slice(xs.length)));
  const shape = first.type.shape.filter((_, i) => !dims.includes(i));
  return new Operation({
    name,
    operands: [...xs, ...inits],
    results: xs.map((x) => ({ shape, element: x.type.element })),
    attributes: { dimensions: dims },
    regions: [region],
  }).results;
}
