/** One golden case: what upstream was asked and what it answered. */
import { readFileSync, existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { L3mError } from "@l3m/errors";
import { readSafetensors, type HostTensor } from "./safetensors.ts";

/** `|a - b| <= atol + rtol * |b|`. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
  /** Standard deviation of rounding errors as a share of the size of the numbers around a value (see rounding-noise.ts). */
  readonly noise?: number;
  /** Added to `atol`: this share of the root mean square of all tensors of the group. Default 0. */
  readonly ofGroup?: number;
}

/** A tolerance, with others for gradients where those differ, or one block per group of comparisons. */
export type ToleranceField =
  (Tolerance & { readonly grad_rtol?: number; readonly grad_atol?: number }) | Readonly<Record<string, Tolerance>>;

export interface GoldenCase {
  /** File name without extension. */
  readonly name: string;
  readonly area: string;
  readonly handler: string;
  /** Upstream dotted path; only a label for some handlers. */
  readonly target: string;
  /** Constructor options in upstream's configuration syntax. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly tolerance: ToleranceField | undefined;
  /** Names of expectations that hold an upstream bug: not compared unless the case is run with `compat`. */
  readonly affected: readonly string[];
  /** What holds by default instead of the affected expectations. */
  readonly fixedValues: Readonly<Record<string, unknown>>;
  /** The whole JSON document; handlers read their own fields from it. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly file: string;
}

/**
 * Reads `<case>.json` and, when it is there, `<case>.safetensors` beside it.
 *
 * @throws L3M_DATA_NOT_FOUND or L3M_BAD_SAMPLE naming the file.
 */
export function loadCase(file: string): GoldenCase {
  const fields = readJson(file);
  const tensorFile = file.replace(/\.json$/, ".safetensors");
  const text = (name: string, fallback: string): string => (typeof fields[name] === "string" ? fields[name] : fallback);
  return {
    name: text("case", basename(file, ".json")),
    area: text("area", basename(dirname(file))),
    handler: text("handler", ""),
    target: text("target", ""),
    options: (fields["options"] ?? {}) as Record<string, unknown>,
    tolerance: fields["tolerance"] as ToleranceField | undefined,
    affected: (fields["affected"] ?? []) as string[],
    fixedValues: (fields["fixed_values"] ?? {}) as Record<string, unknown>,
    fields,
    tensors: existsSync(tensorFile) ? readSafetensors(tensorFile) : new Map(),
    file,
  };
}

function readJson(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const code = cause instanceof SyntaxError ? "L3M_BAD_SAMPLE" : "L3M_DATA_NOT_FOUND";
    throw new L3mError(code, {
      message: "A golden case cannot be read.",
      where: { file },
      expected: "a JSON document",
      cause,
      fix: "Copy the case again.",
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new L3mError("L3M_BAD_SAMPLE", {
    message: "A golden case is a JSON object.",
    where: { file },
    got: Array.isArray(value) ? "a list" : typeof value,
    fix: "Name a folder of cases.",
  });
}
