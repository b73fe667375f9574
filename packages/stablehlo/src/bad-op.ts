/** The error of a misbuilt operation. */
import { L3mError } from "@l3m/errors";
import { type Value } from "./operation.ts";
import { typeText } from "./types.ts";

/** Throws `L3M_BAD_OP` naming the op, what it takes and what came, unless `condition` holds. */
export function check(condition: boolean, op: string, message: string, expected: string, got: string | readonly Value[]): asserts condition {
  if (condition) return;
  const text = typeof got === "string" ? got : got.map((value) => typeText(value.type)).join(", ");
  throw new L3mError("L3M_BAD_OP", { message: `${op}: ${message}`, expected, got: text });
}

/** Checks that `dims` are distinct and inside the rank. */
export function checkDims(op: string, what: string, dims: readonly number[], rank: number): void {
  const ok = dims.every((d, i) => Number.isInteger(d) && d >= 0 && d < rank && dims.indexOf(d) === i);
  check(ok, op, `${what} must be distinct dimensions of the operand`, `numbers from 0 to ${rank - 1}, each once`, `[${dims.join(", ")}]`);
}
