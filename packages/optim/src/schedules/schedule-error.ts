import { L3mError } from "@l3m/core";

/** The error of a schedule that cannot be built, or cannot be asked at a point. */
export function scheduleError(message: string, expected: string, got: unknown, where = ""): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message,
    where: { path: where },
    expected,
    got: JSON.stringify(got),
    fix: "Correct the options of the schedule.",
  });
}
