/** The error of a misbuilt operation. */
import { L3mError } from "@l3m/errors";
import { type Value } from "./operation.ts";
import { typeText } from "./types.ts";

/** What is wrong, what the op takes and what came (a text, or operands whose types are shown). */
export type Complaint = readonly [message: string, expected: string, got: string | readonly Value[]];

/** Throws `L3M_BAD_OP` unless `condition` holds. The complaint is only made then: tracing a step makes thousands of checks. */
export function check(condition: boolean, op: string, complaint: () => Complaint): asserts condition {
  if (condition) return;
  const [message, expected, got] = complaint();
  const text = typeof got === "string" ? got : got.map((value) => typeText(value.type)).join(", ");
  throw new L3mError("L3M_BAD_OP", { message: `${op}: ${message}`, expected, got: text });
}

/** Checks that `dims` are distinct and inside the rank. */
export function checkDims(op: string, what: string, dims: readonly number[], rank: number): void {
  check(distinctBelow(dims, rank), op, () => [
    `${what} must be distinct dimensions of the operand`,
    `numbers from 0 to ${rank - 1}, each once`,
    `[${dims.join(", ")}]`,
  ]);
}

function distinctBelow(dims: readonly number[], rank: number): boolean {
  for (let i = 0; i < dims.length; i++) {
    const d = dims[i] as number;
    if (!Number.isInteger(d) || d < 0 || d >= rank || dims.indexOf(d) !== i) return false;
  }
  return true;
}
