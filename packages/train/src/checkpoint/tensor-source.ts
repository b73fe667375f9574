/** A tensor that stays where it is, on a device or in a file, until it is read: what checkpoints are made of and give back. */

/** Element types by their safetensors names, with the arrays that hold them. */
export const ARRAYS = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

export type Dtype = keyof typeof ARRAYS;

/** Bytes of one value. */
export const WIDTHS: Readonly<Record<Dtype, number>> = { F32: 4, I32: 4, U8: 1 };

export interface TensorType<D extends string = Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
}

/** Values on the host, row-major: `Float32Array` for F32, `Int32Array` for I32, `Uint8Array` for U8. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface TensorSource extends TensorType {
  /** Brings the values to the host, whole; nobody keeps them but the caller. */
  read(): Promise<TensorData>;
}

/** Number of elements. */
export function sizeOf({ shape }: Pick<TensorType, "shape">): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes of the values. */
export function bytesOf(type: TensorType): number {
  return sizeOf(type) * WIDTHS[type.dtype];
}

/** `F32[2, 3]` */
export function formatType({ dtype, shape }: TensorType<string>): string {
  return `${dtype}[${shape.join(", ")}]`;
}
