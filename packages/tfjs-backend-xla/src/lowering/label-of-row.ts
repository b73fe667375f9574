/** Which class each row is labelled with, as comparisons that fuse into whatever reads them. N rows, V classes. */
import { and, broadcastInDim, compare, iota, select, splat, type Value } from "@l3m/stablehlo";
import { fullLike } from "./broadcast.ts";

/** i1 `[N, V]`, true at each row's label. */
export function isLabel(labels_N: Value, shape: readonly number[]): Value {
  const classes_NV = iota({ shape, element: "i32" }, 1);
  return compare("EQ", classes_NV, alongClasses(labels_N, shape));
}

/** i1 `[N]`, true where the label is one of the V classes. */
export function isClass(labels_N: Value, [, V = 0]: readonly number[]): Value {
  return and(compare("GE", labels_N, fullLike(labels_N, 0)), compare("LT", labels_N, fullLike(labels_N, V)));
}

/** `value` with zeros in the rows that are ignored, if any row can be. `value` is `[N]` or `[N, V]`. */
export function zeroIgnored(value: Value, labels_N: Value, ignoreIndex: number | null): Value {
  if (ignoreIndex === null) return value;
  const ignored_N = compare("EQ", labels_N, splat(ignoreIndex, labels_N.type));
  return select(alongClasses(ignored_N, value.type.shape), splat(0, value.type), value);
}

/** A number per row, repeated for every class. */
export function alongClasses(row_N: Value, shape: readonly number[]): Value {
  return broadcastInDim(row_N, shape, [0]);
}
