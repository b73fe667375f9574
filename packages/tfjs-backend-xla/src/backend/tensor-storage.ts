/** What the backend keeps for one tfjs dataId. */
import { type ElementType, type Value } from "@l3m/stablehlo";
import { type DataType } from "@tensorflow/tfjs-core";
import { type Trace } from "../jit/trace.ts";
import { type Content } from "./content.ts";

/** Either known contents or a recorded value that was not computed yet. Tensors over it may have other shapes of the same size. */
export interface TensorStorage {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly element: ElementType;
  /** Tensors that share this. */
  refCount: number;
  content: Content | undefined;
  pending: Value | undefined;
  /** The trace that made it; undefined outside of traces. */
  readonly trace: Trace | undefined;
}
