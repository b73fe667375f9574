/** Calls of code outside StableHLO. */
import { Operation, type Value } from "../operation.ts";
import { type TensorType } from "../types.ts";

export interface CustomCallOptions {
  readonly target: string;
  readonly results: readonly TensorType[];
  /** Opaque configuration, passed on as a string. */
  readonly backendConfig?: string;
  readonly hasSideEffect?: boolean;
  /** 1 original, 2 status returning, 4 typed FFI. */
  readonly apiVersion?: 1 | 2 | 4;
}

/** Calls `target`, which the plugin must know. */
export function customCall(operands: readonly Value[], options: CustomCallOptions): readonly Value[] {
  return new Operation({
    name: "stablehlo.custom_call",
    operands,
    results: options.results,
    attributes: {
      api_version: { integer: options.apiVersion ?? 1, element: "i32" },
      backend_config: options.backendConfig ?? "",
      call_target_name: options.target,
      has_side_effect: options.hasSideEffect ?? false,
    },
  }).results;
}
