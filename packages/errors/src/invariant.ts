/** Checks of our own assumptions, as opposed to mistakes of a user. */
import { L3mError } from "./l3m-error.ts";

/** Throws an error that asks for a report unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new L3mError("L3M_INVARIANT", { message, fix: "This is a bug in L3M; please report it with this message." });
  }
}
