/** Several mistakes found in one pass (a config check reports all of them at once). */
import { L3mError } from "./l3m-error.ts";

/** Thrown when more than one thing is wrong; `errors` holds each of them. The message lists them all. */
export class L3mErrors extends L3mError {
  readonly errors: readonly L3mError[];

  constructor(errors: readonly L3mError[]) {
    super("L3M_MANY", { message: `${errors.length} errors:\n\n${errors.map((error) => error.message).join("\n\n")}` });
    this.errors = errors;
  }
}

/** Throws nothing for an empty list, the error itself for one, an {@link L3mErrors} for more. */
export function throwAll(errors: readonly L3mError[]): void {
  const [first, ...rest] = errors;
  if (first === undefined) return;
  throw rest.length === 0 ? first : new L3mErrors(errors);
}
