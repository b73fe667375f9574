/** zod issues -> L3M errors with the place in the user's file, what was expected, what came, and the nearest name. */
import { didYouMean, L3mError, type ErrorPlace } from "@l3m/errors";
import type { z } from "zod";
import { plainScalarWarning } from "../yaml/plain-scalars.ts";
import { schemaKeys } from "./schema-keys.ts";

/** What error conversion needs to know about the checked value. */
export interface CheckedSource {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
  /** What to do about an unknown key, where there is more to say than its nearest name. */
  readonly unknownKeyFix?: string;
  place(path: readonly string[], part: "key" | "value"): ErrorPlace;
}

/** One error per mistake; unknown keys are one error each. */
export function schemaErrors(issues: readonly z.core.$ZodIssue[], source: CheckedSource): L3mError[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, source));
    return [badValue(issue, path, source)];
  });
}

function unknownKey(path: readonly string[], key: string, { schema, place, unknownKeyFix }: CheckedSource): L3mError {
  const known = schemaKeys(schema, path) ?? [];
  const section = path.length === 0 ? "the config" : path.join(".");
  return new L3mError("L3M_UNKNOWN_OPTION", {
    message: `There is no key "${key}" in ${section}.${didYouMean(key, known)}`,
    where: place([...path, key], "key"),
    expected: `one of ${known.join(", ")}`,
    got: key,
    fix: unknownKeyFix ?? "Correct the name or remove the line.",
  });
}

function badValue(issue: z.core.$ZodIssue, path: readonly string[], source: CheckedSource): L3mError {
  const value = valueAt(source.value, path);
  const name = path.join(".") || "the config";
  const where = source.place(path, "value");
  if (value === undefined)
    return new L3mError("L3M_BAD_OPTION", {
      message: `${name} is missing.`,
      where,
      expected: expectation(issue),
      got: "nothing",
      fix: `Add ${name}.`,
    });
  const hint = typeof value === "string" ? plainScalarWarning(value) : undefined;
  return new L3mError("L3M_BAD_OPTION", {
    message: `${name} has a value that it does not take.`,
    where,
    expected: expectation(issue),
    got: show(value),
    fix: hint ?? "Correct the value.",
  });
}

/** zod's type names as readers of a YAML file know them. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ["object", "a map"],
  ["record", "a map"],
  ["array", "a list"],
  ["string", "text"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
]);

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPE_NAMES.get(issue.expected) ?? `a ${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string"
        ? "text that is not empty"
        : `a number ${issue.inclusive === true ? "of at least" : "above"} ${issue.minimum}`;
    default:
      return issue.message;
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `a map with ${Object.keys(value).join(", ") || "no keys"}`;
  return typeof value === "string" ? `the text ${JSON.stringify(value)}` : String(value);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return valueAt(Object.getOwnPropertyDescriptor(value, key)?.value, rest);
}
