/** NumPy broadcasting and the meeting of element types. */
import { broadcastInDim, convert, isFloat, isUniform, sameShape, type Scalar, splat, type Value } from "@l3m/stablehlo";
import { backend_util } from "@tensorflow/tfjs-core";

/** `x` with the given shape; dimensions align on the right, extents of 1 repeat. */
export function broadcastTo(x: Value, shape: readonly number[]): Value {
  const offset = shape.length - x.type.shape.length;
  return broadcastInDim(
    x,
    shape,
    x.type.shape.map((_, i) => i + offset),
  );
}

/** Both values in their common shape. */
export function broadcastPair(a: Value, b: Value): readonly [Value, Value] {
  if (sameShape(a.type.shape, b.type.shape)) return [a, b];
  const shape = backend_util.assertAndGetBroadcastShape([...a.type.shape], [...b.type.shape]);
  return [broadcastTo(a, shape), broadcastTo(b, shape)];
}

/**
 * Both values in one element type: the wider float, a float over an integer, an integer over a boolean. Of two floats, a
 * scalar or the same constant everywhere takes the type of the other, as in PyTorch.
 */
export function unify(a: Value, b: Value): readonly [Value, Value] {
  const [x, y] = [a.type.element, b.type.element];
  if (x === y) return [a, b];
  if (isFloat(x) && isFloat(y)) {
    const [weakA, weakB] = [isUniform(a), isUniform(b)];
    const common = weakA === weakB ? "f32" : weakA ? y : x;
    return [convert(a, common), convert(b, common)];
  }
  const target = isFloat(x) ? x : isFloat(y) ? y : "i32";
  return [convert(a, target), convert(b, target)];
}

/** A constant of the type of `x`. */
export function fullLike(x: Value, value: Scalar): Value {
  return splat(value, x.type);
}

/** `x` as a float; floats stay as they are. */
export function toFloat(x: Value): Value {
  return isFloat(x.type.element) ? x : convert(x, "f32");
}

/** `x` as a number; only booleans change. */
export function toNumber(x: Value): Value {
  return x.type.element === "i1" ? convert(x, "i32") : x;
}
