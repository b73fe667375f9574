/** Calls of code outside StableHLO. */
import { type Attribute } from "../attributes.ts";
import { check, checkDims } from "../bad-op.ts";
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
  /** How operands and results lie in memory; XLA chooses by default. */
  readonly layouts?: { readonly operands: readonly Layout[]; readonly results: readonly Layout[] };
}

/** The dimensions of an array from the fastest varying in memory to the slowest; `[1, 0]` is a row-major matrix. */
export type Layout = readonly number[];

/** Calls `target`, which the plugin must know. */
export function customCall(operands: readonly Value[], options: CustomCallOptions): readonly Value[] {
  const name = "stablehlo.custom_call";
  const { layouts } = options;
  if (layouts !== undefined) {
    checkLayouts(
      name,
      "operand",
      operands.map(({ type }) => type),
      layouts.operands,
    );
    checkLayouts(name, "result", options.results, layouts.results);
  }
  return new Operation({
    name,
    operands,
    results: options.results,
    attributes: {
      api_version: { integer: options.apiVersion ?? 1, element: "i32" },
      backend_config: options.backendConfig ?? "",
      call_target_name: options.target,
      has_side_effect: options.hasSideEffect ?? false,
      ...(layouts !== undefined && {
        operand_layouts: { list: layouts.operands.map(layoutAttribute) },
        result_layouts: { list: layouts.results.map(layoutAttribute) },
      }),
    },
  }).results;
}

function checkLayouts(op: string, what: string, types: readonly TensorType[], layouts: readonly Layout[]): void {
  check(layouts.length === types.length, op, () => [
    `one layout per ${what}`,
    String(types.length),
    String(layouts.length),
  ]);
  types.forEach(({ shape }, i) => {
    const layout = layouts[i] ?? [];
    checkDims(op, `${what} layout ${i}`, layout, shape.length);
    check(layout.length === shape.length, op, () => [
      `${what} layout ${i} must name every dimension`,
      `${shape.length} numbers`,
      `[${layout.join(", ")}]`,
    ]);
  });
}

function layoutAttribute(layout: Layout): Attribute {
  return { text: `dense<[${layout.join(", ")}]> : tensor<${layout.length}xindex>` };
}
