/** MLIR's generic form, `"stablehlo.gather"(%0, %1) <{...}> : (...) -> ...`, used where an op has no custom assembly. */
import { attributeText } from "../attributes.ts";
import { type Operation, type Value } from "../operation.ts";
import { typeText } from "../types.ts";

/** Types of a list of values, `tensor<4xf32>, tensor<4xf32>`. */
export function typesText(values: readonly Value[]): string {
  return values.map((value) => typeText(value.type)).join(", ");
}

/** `(tensor<4xf32>) -> tensor<4xi1>`; several results stand in parentheses. */
export function signatureText(op: Operation): string {
  const results = typesText(op.results);
  return `(${typesText(op.operands)}) -> ${op.results.length === 1 ? results : `(${results})`}`;
}

/** The right-hand side of an operation; `regions` are its already printed regions. */
export function genericForm(op: Operation, nameOf: (value: Value) => string, regions: readonly string[]): string {
  const attributes = Object.entries(op.attributes).map(([name, value]) => `${name} = ${attributeText(value)}`);
  const properties = attributes.length === 0 ? "" : ` <{${attributes.join(", ")}}>`;
  const bodies = regions.length === 0 ? "" : ` (${regions.join(", ")})`;
  return `"${op.name}"(${op.operands.map(nameOf).join(", ")})${properties}${bodies} : ${signatureText(op)}`;
}
