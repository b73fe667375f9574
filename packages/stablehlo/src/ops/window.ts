/** Sliding windows: pooling, cumulative sums, and the gradient of max pooling. */
import { check } from "../bad-op.ts";
import { operation, Region, type Value } from "../operation.ts";
import { sameShape, scalarType, typeText } from "../types.ts";
import { compare, type Direction } from "./compare.ts";
import { neutral, reducer, type ReduceKind } from "./reduce.ts";

/** A window over every dimension. Strides and dilations default to 1, padding to none. */
export interface Window {
  readonly size: readonly number[];
  readonly strides?: readonly number[];
  readonly padding?: readonly (readonly [low: number, high: number])[];
  readonly dilation?: readonly number[];
}

/** Extents of the windows' positions over `shape`. */
function windowShape(name: string, shape: readonly number[], window: Window): readonly number[] {
  const {
    size,
    strides = size.map(() => 1),
    padding = size.map(() => [0, 0] as const),
    dilation = size.map(() => 1),
  } = window;
  check(
    [size, strides, padding, dilation].every((list) => list.length === shape.length),
    name,
    () => ["the window must describe every dimension", `${shape.length} entries`, `${size.length}`],
  );
  return shape.map((extent, i) => {
    const [low, high] = padding[i] as readonly [number, number];
    const span = ((size[i] as number) - 1) * (dilation[i] as number) + 1;
    return Math.max(0, Math.floor((extent + low + high - span) / (strides[i] as number)) + 1);
  });
}

/** Combines the elements of every window; what lies in the padding is neutral. */
export function reduceWindow(x: Value, options: Window & { readonly kind: ReduceKind }): Value {
  const name = "stablehlo.reduce_window";
  const { element, shape } = x.type;
  const result = { shape: windowShape(name, shape, options), element };
  return operation({
    name,
    operands: [x, neutral(options.kind, element)],
    result,
    attributes: {
      window_dimensions: options.size,
      window_strides: options.strides ?? shape.map(() => 1),
      window_dilations: options.dilation ?? shape.map(() => 1),
      padding: { pairs: options.padding ?? shape.map(() => [0, 0] as const) },
    },
    regions: [reducer(options.kind, element)],
  });
}

/** Adds every element of `source` to the position of `x` that its window selects (by default the largest element). */
export function selectAndScatter(
  x: Value,
  source: Value,
  window: Omit<Window, "dilation">,
  direction: Direction = "GE",
): Value {
  const name = "stablehlo.select_and_scatter";
  const { element, shape } = x.type;
  const expected = { shape: windowShape(name, shape, window), element };
  check(source.type.element === element && sameShape(source.type.shape, expected.shape), name, () => [
    "source must have one element per window",
    typeText(expected),
    [source],
  ]);
  return operation({
    name,
    operands: [x, source, neutral("add", element)],
    result: x.type,
    attributes: {
      window_dimensions: window.size,
      window_strides: window.strides ?? shape.map(() => 1),
      padding: { pairs: window.padding ?? shape.map(() => [0, 0] as const) },
    },
    regions: [
      new Region([scalarType(element), scalarType(element)], ([a, b]) => [compare(direction, a as Value, b as Value)]),
      reducer("add", element),
    ],
  });
}
