/** The L3M errors that a call throws, one by one. */
import { isL3mError, L3mErrors, type L3mError } from "@l3m/errors";

export function caughtErrors(work: () => unknown): readonly L3mError[] {
  try {
    work();
  } catch (error) {
    if (error instanceof L3mErrors) return error.errors;
    if (isL3mError(error)) return [error];
    throw error;
  }
  return [];
}

/** `code line:column path` of each error. */
export function placesOf(errors: readonly L3mError[]): string[] {
  return errors.map(({ code, details: { where } }) =>
    [code, [where?.line, where?.column].join(":"), where?.path ?? ""].join(" ").trim(),
  );
}
