/** What a case expects: its tolerances, and which expectations hold by default where upstream has a bug. */
import type { HostArray } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { DOUBLE_PRECISION } from "./comparison.ts";
import type { GoldenCase, Tolerance } from "./golden-case.ts";

/** The tolerance of one group of comparisons (`outputs`, `grads`, `loss`, ...); double precision where the case has none. */
export function toleranceOf(golden: GoldenCase, group: string): Tolerance {
  const field = golden.tolerance as Readonly<Record<string, unknown>> | undefined;
  if (field === undefined) return DOUBLE_PRECISION;
  const block =
    field[group] ??
    (group === "state_after" || group === "metrics" ? field[group === "metrics" ? "loss" : "outputs"] : undefined);
  if (isTolerance(block)) return block;
  const { rtol, atol, grad_rtol, grad_atol } = field as Partial<Record<string, number>>;
  const own = { rtol: rtol ?? DOUBLE_PRECISION.rtol, atol: atol ?? 0 };
  return group === "grads" ? { rtol: grad_rtol ?? own.rtol, atol: grad_atol ?? own.atol } : own;
}

/** True when the recorded value of this expectation is not compared: it holds an upstream bug, and `compat` is off. */
export function isAffected(golden: GoldenCase, compat: boolean, ...names: readonly string[]): boolean {
  return !compat && names.some((name) => golden.affected.includes(name));
}

/** The expected value of a field: as recorded, its repaired value, or undefined when it is not compared. */
export function expectedField(golden: GoldenCase, compat: boolean, name: string): unknown {
  if (!isAffected(golden, compat, name)) return golden.fields[name];
  return golden.fixedValues[name];
}

/** A field that is a list of names; empty when absent. */
export function names(golden: GoldenCase, field: string): readonly string[] {
  return (golden.fields[field] ?? []) as readonly string[];
}

/** A stored tensor. */
export function stored(golden: GoldenCase, name: string): HostArray & { readonly dtype: string } {
  const tensor = golden.tensors.get(name);
  invariant(tensor !== undefined, `${golden.file} has no tensor "${name}"`);
  return tensor;
}

/** Stored tensors whose names start with `prefix`, under the rest of their names. */
export function storedUnder(golden: GoldenCase, prefix: string): Map<string, HostArray & { readonly dtype: string }> {
  const under = [...golden.tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(under.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function isTolerance(value: unknown): value is Tolerance {
  return typeof value === "object" && value !== null && "rtol" in value && "atol" in value;
}
