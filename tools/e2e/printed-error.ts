/** The error that a command printed, taken apart. */
import type { Ended } from "./run-l3m.ts";

export interface PrintedError {
  readonly code: string;
  /** `file:line:column  path`, as far as the error knows them. */
  readonly where: string;
  readonly message: string;
  readonly expected: string;
  readonly got: string;
  readonly fix: string;
}

/** Every error on stderr. */
function printedErrors({ stderr }: Pick<Ended, "stderr">): PrintedError[] {
  const blocks = stderr.split(/^(?=L3M_)/m).filter((block) => block.startsWith("L3M_"));
  return blocks.map((block) => {
    const [head = "", ...lines] = block.split("\n");
    const [code = "", ...where] = head.split("  ");
    const part = (name: string): string =>
      lines.find((line) => line.trim().startsWith(`${name}:`))?.replace(/^\s*\w+:\s*/, "") ?? "";
    return {
      code,
      where: where.join("  "),
      message: lines[0]?.trim() ?? "",
      expected: part("expected"),
      got: part("got"),
      fix: part("fix"),
    };
  });
}

/** The error of a command that failed as it should: exit code 1, one error with all its parts, no stack trace. */
export function theError(ended: Ended): PrintedError {
  const errors = printedErrors(ended);
  const [error] = errors;
  const missing =
    error === undefined
      ? []
      : Object.entries(error)
          .filter(([, value]) => value === "")
          .map(([name]) => name);
  if (
    ended.code !== 1 ||
    error === undefined ||
    errors.length > 1 ||
    missing.length > 0 ||
    /^\s+at /m.test(ended.stderr)
  ) {
    throw new Error(
      `no clear error (exit code ${ended.code}, ${errors.length} errors, parts missing: ${missing.join(", ")}):\n${ended.stdout}\n${ended.stderr}`,
    );
  }
  return error;
}
