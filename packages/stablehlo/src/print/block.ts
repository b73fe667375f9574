/** Prints the operations of one block: a function body or a region. */
import { invariant } from "@l3m/errors";
import { BLOCK_ARGUMENTS, inputsOf, isParameter, type Operation, type Region, type Value } from "../operation.ts";
import { typeText } from "../types.ts";
import { genericForm, typesText } from "./generic-form.ts";

/** SSA names of one function, numbered in print order. */
export class Names {
  readonly #names = new Map<Value, string>();
  #results = 0;
  #arguments = 0;

  readonly of = (value: Value): string => {
    const name = this.#names.get(value);
    invariant(
      name !== undefined,
      `a result of ${value.op.name} is used where it is not defined (outside its region, or a parameter that is not listed)`,
    );
    return name;
  };

  has(value: Value): boolean {
    return this.#names.has(value);
  }

  /** Names a function parameter or block argument. */
  argument(value: Value): string {
    const name = `%arg${this.#arguments++}`;
    this.#names.set(value, name);
    return name;
  }

  /** Names the results of an operation and returns the left-hand side, `%3` or `%3:2`. */
  define(op: Operation): string {
    const name = `%${this.#results++}`;
    const single = op.results.length === 1;
    for (const value of op.results) {
      if (!this.#names.has(value)) this.#names.set(value, single ? name : `${name}#${value.index}`);
    }
    return single ? name : `${name}:${op.results.length}`;
  }
}

/** Appends the operations that `results` need, that belong to `scope` and that have no name yet, in creation order. */
export function printOperations(
  results: readonly Value[],
  scope: Region | undefined,
  names: Names,
  lines: string[],
  indent: string,
): void {
  for (const op of operationsOf(results, scope, names)) {
    if (op.name === BLOCK_ARGUMENTS || isParameter(op.results[0] as Value)) continue;
    const regions = op.regions.map((region) => regionText(op, region, names, indent));
    const text = op.format === undefined ? genericForm(op, names.of, regions) : op.format(op, names.of);
    const prefix = op.results.length === 0 ? "" : `${names.define(op)} = `;
    lines.push(`${indent}${prefix}${text}`);
  }
}

function regionText(op: Operation, region: Region, names: Names, indent: string): string {
  const inner = `${indent}  `;
  const header = region.arguments.map((value) => `${names.argument(value)}: ${typeText(value.type)}`).join(", ");
  const lines = region.arguments.length === 0 ? ["{"] : ["{", `${indent}^bb0(${header}):`];
  printOperations(region.results, region, names, lines, inner);
  const [dialect] = op.name.split(".");
  lines.push(
    `${inner}${dialect}.return ${region.results.map(names.of).join(", ")} : ${typesText(region.results)}`,
    `${indent}}`,
  );
  return lines.join("\n");
}

function operationsOf(results: readonly Value[], scope: Region | undefined, names: Names): readonly Operation[] {
  const found = new Set<Operation>();
  const pending = [...results];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const { op } = value;
    if (op.scope !== scope || found.has(op) || names.has(value)) continue;
    found.add(op);
    for (const input of op.regions.length === 0 ? op.operands : inputsOf(op)) pending.push(input);
  }
  return [...found].sort((a, b) => a.id - b.id);
}
