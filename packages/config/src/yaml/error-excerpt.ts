/** The line of a mistake with a caret under it, for errors whose place is in a file. */
import { readFileSync } from "node:fs";
import { L3mError } from "@l3m/errors";

/** The error with the line that it is about; unchanged when it has no place in a readable file, or shows its line already. */
export function withExcerpt(error: L3mError): L3mError {
  const { where, excerpt } = error.details;
  if (error.code === "L3M_CONFIG_SYNTAX" || excerpt !== undefined) return error;
  if (where?.file === undefined || where.line === undefined || where.column === undefined) return error;
  const line = readLine(where.file, where.line);
  return line === undefined
    ? error
    : new L3mError(error.code, { ...error.details, excerpt: underlined(line, where.line, where.column) });
}

/** `12 | depth: 3` and a caret under `column` (from 1), indented for the body of a message. */
function underlined(line: string, number: number, column: number): string {
  const head = `    ${number} | `;
  const rule = `    ${" ".repeat(String(number).length)} | `;
  return `${head}${line.replaceAll("\t", " ").trimEnd()}\n${rule}${" ".repeat(column - 1)}^`;
}

function readLine(file: string, number: number): string | undefined {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[number - 1];
  } catch {
    return undefined; // gone since, or no file at all
  }
}
