/** Matrix products over broadcast batches. */
import { type DotDimensions, dotGeneral, reshape, type Precision, sizeOf, type Value } from "@l3m/stablehlo";
import { backend_util } from "@tensorflow/tfjs-core";
import { broadcastTo, toNumber, unify } from "./broadcast.ts";

/** `a[..., M, K] b[..., K, N]`; `transposeA` and `transposeB` say that the last two axes come swapped. */
export function matMul(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  let [x, y] = unify(toNumber(a), toNumber(b));
  const batchX = x.type.shape.slice(0, -2);
  const batchY = y.type.shape.slice(0, -2);
  const batch = backend_util.assertAndGetBroadcastShape([...batchX], [...batchY]);
  const [xRows, xCols] = x.type.shape.slice(-2) as [number, number];
  const [yRows, yCols] = y.type.shape.slice(-2) as [number, number];
  const [rows, columns] = [transposeA ? xCols : xRows, transposeB ? yRows : yCols];
  if (sizeOf(batchY) === 1 && !transposeA) {
    // one matrix on the right: all batches of the left are rows of a single product
    const left = reshape(x, [sizeOf(batchX) * xRows, xCols]);
    const right = reshape(y, [yRows, yCols]);
    return reshape(product(left, right, { contracting: [[1], [transposeB ? 1 : 0]] }), [...batch, rows, columns]);
  }
  x = broadcastTo(x, [...batch, xRows, xCols]);
  y = broadcastTo(y, [...batch, yRows, yCols]);
  const rank = batch.length;
  const dims = batch.map((_, i) => i);
  return product(x, y, {
    batching: [dims, dims],
    contracting: [[transposeA ? rank : rank + 1], [transposeB ? rank + 1 : rank]],
  });
}

/** A dot with the precision of {@link exactly}. */
export function product(x: Value, y: Value, dimensions: DotDimensions): Value {
  return dotGeneral(x, y, { ...dimensions, ...exactly(x) });
}

/** The precision of a product of values like `x`: f32 is multiplied as f32, where GPUs would round it to TF32. */
export function exactly(x: Value): { readonly precision?: Precision } {
  return x.type.element === "f32" ? { precision: "HIGHEST" } : {};
}
