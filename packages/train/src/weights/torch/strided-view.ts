/** Tensors as PyTorch stores them: a storage of elements, of which each tensor sees some through an offset and strides. */
import { ARRAYS, sizeOf, type TensorData } from "../../checkpoint/tensor-source.ts";

export interface StridedView {
  /** First element. */
  readonly offset: number;
  readonly size: readonly number[];
  /** Elements from one index to the next, by dimension. */
  readonly stride: readonly number[];
}

/**
 * What is wrong with a view of a storage of `length` elements, or undefined. Two indices must not share an element, which
 * also bounds the number of elements by that of the storage.
 */
export function viewProblem(view: StridedView, length: number): string | undefined {
  if (view.size.length !== view.stride.length) return `${view.size.length} sizes and ${view.stride.length} strides`;
  if (view.size.includes(0)) return undefined;
  const steps = view.size
    .flatMap((size, i) => (size === 1 ? [] : [{ size, stride: view.stride[i] as number }]))
    .sort((a, b) => a.stride - b.stride);
  let reach = 0; // of the smaller strides
  for (const { size, stride } of steps) {
    if (stride <= reach)
      return `elements that share memory (sizes ${view.size.join(", ")}, strides ${view.stride.join(", ")})`;
    reach += (size - 1) * stride;
  }
  const last = view.offset + reach;
  return last < length ? undefined : `element ${last} of ${length}`;
}

/** First element and number of elements from there to the last one seen. */
export function viewSpan({ offset, size, stride }: StridedView): { readonly start: number; readonly count: number } {
  if (size.includes(0)) return { start: 0, count: 0 };
  const reach = size.reduce((sum, n, i) => sum + (n - 1) * (stride[i] as number), 0);
  return { start: offset, count: reach + 1 };
}

/** The elements of a view in row-major order. `span`: the elements of {@link viewSpan}. */
export function gather(span: TensorData, { size, stride }: StridedView): TensorData {
  const total = sizeOf({ shape: size });
  if (isRowMajor(size, stride)) return span;
  const values = emptyLike(span, total);
  const index = size.map(() => 0);
  let from = 0;
  for (let to = 0; to < total; to++) {
    values[to] = span[from] as number;
    for (let axis = size.length - 1; axis >= 0; axis--) {
      const step = stride[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      from += step;
      if ((index[axis] as number) < (size[axis] as number)) break;
      index[axis] = 0;
      from -= step * (size[axis] as number);
    }
  }
  return values;
}

function emptyLike(values: TensorData, length: number): TensorData {
  if (values instanceof Float32Array) return new ARRAYS.F32(length);
  return values instanceof Int32Array ? new ARRAYS.I32(length) : new ARRAYS.U8(length);
}

function isRowMajor(size: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = size.length - 1; axis >= 0; axis--) {
    if (size[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= size[axis] as number;
  }
  return true;
}
