/** Loops, branches, and the barrier that keeps XLA from merging recomputation with the original. */
import { check } from "../bad-op.ts";
import { Operation, Region, type Value } from "../operation.ts";
import { typesText } from "../print/generic-form.ts";
import { sameType, type TensorType } from "../types.ts";

function checkTypes(name: string, what: string, expected: readonly Value[], got: readonly Value[]): void {
  const fits =
    expected.length === got.length && expected.every((value, i) => sameType(value.type, (got[i] as Value).type));
  check(fits, name, () => [`${what} have other types`, typesText(expected), got]);
}

/** Repeats `body` while `condition` holds; returns the last loop values. */
export function whileLoop(
  inits: readonly Value[],
  condition: (values: readonly Value[]) => Value,
  body: (values: readonly Value[]) => readonly Value[],
): readonly Value[] {
  const name = "stablehlo.while";
  const types = inits.map((init) => init.type);
  const test = new Region(types, (values) => [condition(values)]);
  const step = new Region(types, body);
  checkPredicate(name, test.results);
  checkTypes(name, "results of the body", inits, step.results);
  return new Operation({ name, operands: inits, results: types, regions: [test, step] }).results;
}

/** `predicate ? onTrue() : onFalse()`, of which only one runs; both give values of the same types. */
export function conditional(
  predicate: Value,
  onTrue: () => readonly Value[],
  onFalse: () => readonly Value[],
): readonly Value[] {
  const name = "stablehlo.if";
  checkPredicate(name, [predicate]);
  const [yes, no] = [new Region([], onTrue), new Region([], onFalse)];
  checkTypes(name, "results of the branches", yes.results, no.results);
  return new Operation({
    name,
    operands: [predicate],
    results: yes.results.map((value): TensorType => value.type),
    regions: [yes, no],
  }).results;
}

function checkPredicate(name: string, values: readonly Value[]): void {
  const [predicate] = values;
  check(predicate?.type.element === "i1" && predicate.type.shape.length === 0, name, () => [
    "the condition must be a boolean scalar",
    "tensor<i1>",
    values,
  ]);
}

/** Returns the values unchanged; nothing moves or merges across it, and no result exists before every operand does. */
export function optimizationBarrier(values: readonly Value[]): readonly Value[] {
  if (values.length === 0) return [];
  return new Operation({
    name: "stablehlo.optimization_barrier",
    operands: values,
    results: values.map((value) => value.type),
    format: (op, nameOf) => `${op.name} ${values.map(nameOf).join(", ")} : ${typesText(values)}`,
  }).results;
}
