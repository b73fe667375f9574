/** Errors on the terminal: one clear message for what a user can act on, a stack trace for our own bugs. */
import { isL3mError } from "@l3m/errors";
import pc from "picocolors";

export function printError(error: unknown): void {
  process.stderr.write(`${formatError(error)}\n`);
}

/** An L3mError as its message with the code in colour; anything else with its stack and a request to report it. */
function formatError(error: unknown): string {
  if (isL3mError(error)) {
    const text = error.message.replaceAll(/^L3M_\w+/gm, (code) => pc.red(code));
    return process.env["L3M_DEBUG"] === undefined ? text : `${text}\n${error.stack ?? ""}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${pc.red("This is a bug in L3M; please report it:")}\n${stack}`;
}
