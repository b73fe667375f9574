/**
 * The one error class of L3M. A user reads, in this order: the code, where in their files it happened, what is wrong,
 * what was expected and what came, and how to fix it.
 */
import type { ErrorCode } from "./codes.ts";

/** Where a mistake is: a file position, a dotted path inside a config, or both. Lines and columns start at 1. */
export interface ErrorPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Dotted path inside the config or model, for example `model.meta_model.trunk.embed_dim`. */
  readonly path?: string;
}

/** The parts of an {@link L3mError}. Only `message` is required. */
export interface ErrorDetails {
  /** One sentence that says what is wrong. */
  readonly message: string;
  readonly where?: ErrorPlace;
  /** The line of `where` with a caret under the column, as lines of text. */
  readonly excerpt?: string;
  readonly expected?: string;
  readonly got?: string;
  /** What the reader can do about it, in the imperative. */
  readonly fix?: string;
  /** Machine-readable extras (a PJRT code, the list of paths tried). */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error that a user can act on. Our own bugs are raised by {@link invariant} instead. */
export class L3mError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(render(code, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "L3mError";
    this.code = code;
    this.details = details;
  }

  /** The same error with a place filled in, for callers that know more than the thrower. Given fields win over nothing only. */
  at(where: ErrorPlace): L3mError {
    return new L3mError(this.code, { ...this.details, where: { ...where, ...this.details.where } });
  }
}

/** True for an {@link L3mError} of any copy of this package (recognised by shape, since plugins may bring their own copy). */
export function isL3mError(error: unknown): error is L3mError {
  return error instanceof Error && error.name === "L3mError" && "code" in error && "details" in error;
}

/** `file:line:column` as far as known; an empty string when nothing is. */
export function formatPlace(where: ErrorPlace | undefined): string {
  if (where === undefined) return "";
  const position = [where.file, where.line, where.column].filter((part) => part !== undefined).join(":");
  return [position, where.path].filter((part) => part !== undefined && part !== "").join("  ");
}

function render(code: ErrorCode, details: ErrorDetails): string {
  const place = formatPlace(details.where);
  const lines = [place === "" ? code : `${code}  ${place}`, `  ${details.message}`];
  if (details.excerpt !== undefined) lines.push(details.excerpt);
  if (details.expected !== undefined) lines.push(`  expected: ${details.expected}`);
  if (details.got !== undefined) lines.push(`  got:      ${details.got}`);
  if (details.fix !== undefined) lines.push(`  fix:      ${details.fix}`);
  return lines.join("\n");
}
