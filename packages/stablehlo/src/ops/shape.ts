/** Operations that move elements without computing: reshapes, transposes, broadcasts, slices, pads. */
import { check, checkDims } from "../bad-op.ts";
import { type Format, operation, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { sameShape, sizeOf, type TensorType, typeText } from "../types.ts";

const unaryForm: Format = (op, nameOf) => `${op.name} ${nameOf(op.operands[0] as Value)} : ${signatureText(op)}`;

/** The same elements in row-major order under another shape. Returns `x` if nothing changes. */
export function reshape(x: Value, shape: readonly number[]): Value {
  if (sameShape(x.type.shape, shape)) return x;
  const name = "stablehlo.reshape";
  check(sizeOf(shape) === sizeOf(x.type.shape), name, () => [
    "the number of elements must stay",
    `${sizeOf(x.type.shape)} elements`,
    typeText({ ...x.type, shape }),
  ]);
  return operation({ name, operands: [x], result: { ...x.type, shape: [...shape] }, format: unaryForm });
}

/** Result dimension `i` is operand dimension `permutation[i]`. Returns `x` if nothing moves. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  const name = "stablehlo.transpose";
  const { shape } = x.type;
  checkDims(name, "permutation", permutation, shape.length);
  check(permutation.length === shape.length, name, () => [
    "permutation must name every dimension",
    `${shape.length} numbers`,
    `[${permutation.join(", ")}]`,
  ]);
  if (permutation.every((d, i) => d === i)) return x;
  return operation({
    name,
    operands: [x],
    result: { ...x.type, shape: permutation.map((d) => shape[d] as number) },
    attributes: { permutation },
    format: (op, nameOf) => `${name} ${nameOf(x)}, dims = [${permutation.join(", ")}] : ${signatureText(op)}`,
  });
}

/** Operand dimension `i` becomes result dimension `dims[i]`; extents are equal or 1 in the operand. */
export function broadcastInDim(x: Value, shape: readonly number[], dims: readonly number[]): Value {
  const name = "stablehlo.broadcast_in_dim";
  checkDims(name, "dims", dims, shape.length);
  const fits =
    dims.length === x.type.shape.length && dims.every((d, i) => x.type.shape[i] === shape[d] || x.type.shape[i] === 1);
  check(fits, name, () => [
    `operand does not broadcast with dims [${dims.join(", ")}]`,
    typeText({ ...x.type, shape }),
    [x],
  ]);
  if (sameShape(x.type.shape, shape) && dims.every((d, i) => d === i)) return x;
  return operation({
    name,
    operands: [x],
    result: { ...x.type, shape: [...shape] },
    attributes: { broadcast_dimensions: dims },
    format: (op, nameOf) => `${name} ${nameOf(x)}, dims = [${dims.join(", ")}] : ${signatureText(op)}`,
  });
}

/** Counts 0, 1, 2, ... along dimension `dim`. */
export function iota(type: TensorType, dim: number): Value {
  const name = "stablehlo.iota";
  checkDims(name, "dim", [dim], type.shape.length);
  check(type.element !== "i1", name, () => ["element type not supported", "numbers", typeText(type)]);
  return operation({
    name,
    result: type,
    attributes: { iota_dimension: dim },
    format: () => `${name} dim = ${dim} : ${typeText(type)}`,
  });
}

/** Joins values along `dim`; all other extents and the element types agree. */
export function concatenate(values: readonly Value[], dim: number): Value {
  const name = "stablehlo.concatenate";
  const [first] = values;
  check(first !== undefined, name, () => ["nothing to join", "at least one operand", "none"]);
  checkDims(name, "dim", [dim], first.type.shape.length);
  const fits = values.every(
    ({ type }) =>
      type.element === first.type.element &&
      type.shape.length === first.type.shape.length &&
      type.shape.every((extent, i) => i === dim || extent === first.type.shape[i]),
  );
  check(fits, name, () => [`operands must agree outside dimension ${dim}`, typeText(first.type), values]);
  if (values.length === 1) return first;
  const shape = first.type.shape.map((extent, i) =>
    i === dim ? values.reduce((sum, { type }) => sum + (type.shape[dim] as number), 0) : extent,
  );
  return operation({
    name,
    operands: values,
    result: { ...first.type, shape },
    attributes: { dimension: dim },
    format: (op, nameOf) => `${name} ${values.map(nameOf).join(", ")}, dim = ${dim} : ${signatureText(op)}`,
  });
}

/** Elements `start, start + stride, ... < limit` of every dimension. Strides default to 1. */
export function slice(
  x: Value,
  start: readonly number[],
  limit: readonly number[],
  strides?: readonly number[],
): Value {
  const name = "stablehlo.slice";
  const { shape } = x.type;
  const step = strides ?? shape.map(() => 1);
  const ranges = start.map((s, i) => (step[i] === 1 ? `${s}:${limit[i]}` : `${s}:${limit[i]}:${step[i]}`)).join(", ");
  const fits =
    [start, limit, step].every((list) => list.length === shape.length) &&
    shape.every(
      (extent, i) =>
        0 <= (start[i] as number) &&
        (start[i] as number) <= (limit[i] as number) &&
        (limit[i] as number) <= extent &&
        (step[i] as number) > 0,
    );
  check(fits, name, () => ["range outside the operand", typeText(x.type), `[${ranges}]`]);
  const sliced = shape.map((_, i) => Math.ceil(((limit[i] as number) - (start[i] as number)) / (step[i] as number)));
  if (sameShape(sliced, shape)) return x;
  return operation({
    name,
    operands: [x],
    result: { ...x.type, shape: sliced },
    attributes: { start_indices: start, limit_indices: limit, strides: step },
    format: (op, nameOf) => `${name} ${nameOf(x)} [${ranges}] : ${signatureText(op)}`,
  });
}

/** How much to add to each dimension; negative `low` and `high` cut. `interior` goes between elements. */
export interface Padding {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior?: readonly number[];
}

/** Surrounds `x` with the scalar `value`. */
export function pad(x: Value, value: Value, padding: Padding): Value {
  const name = "stablehlo.pad";
  const { shape } = x.type;
  const { low, high, interior = shape.map(() => 0) } = padding;
  check(value.type.shape.length === 0 && value.type.element === x.type.element, name, () => [
    "the padding value must be a scalar of the operand's element type",
    typeText({ shape: [], element: x.type.element }),
    [value],
  ]);
  check(
    [low, high, interior].every((list) => list.length === shape.length),
    name,
    () => [
      "one amount per dimension",
      `${shape.length} numbers each`,
      `${low.length}, ${high.length}, ${interior.length}`,
    ],
  );
  const padded = shape.map(
    (extent, i) =>
      (low[i] as number) + (high[i] as number) + extent + Math.max(extent - 1, 0) * (interior[i] as number),
  );
  check(
    padded.every((extent) => extent >= 0),
    name,
    () => [
      "the result would have a negative extent",
      typeText(x.type),
      `low [${low.join(", ")}], high [${high.join(", ")}]`,
    ],
  );
  return operation({
    name,
    operands: [x, value],
    result: { ...x.type, shape: padded },
    attributes: { edge_padding_low: low, edge_padding_high: high, interior_padding: interior },
    format: (op, nameOf) =>
      `${name} ${nameOf(x)}, ${nameOf(value)}, low = [${low.join(", ")}], high = [${high.join(", ")}], interior = [${interior.join(", ")}] : ${signatureText(op)}`,
  });
}

/** Reverses the order along `dims`. */
export function reverse(x: Value, dims: readonly number[]): Value {
  const name = "stablehlo.reverse";
  checkDims(name, "dims", dims, x.type.shape.length);
  return operation({
    name,
    operands: [x],
    result: x.type,
    attributes: { dimensions: dims },
    format: (_op, nameOf) => `${name} ${nameOf(x)}, dims = [${dims.join(", ")}] : ${typeText(x.type)}`,
  });
}
