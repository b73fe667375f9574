/** What a muP section of a config says about a parameter. */
import { isL3mError, L3mError, matchesGlob } from "@l3m/core";
import { evaluateArithmetic } from "./arithmetic.ts";

/**
 * Maximal update parametrisation (Yang et al. 2022): initial values and learning rates that depend on the width of a layer in
 * such a way that the best settings of a narrow model hold for a wide one. There is no built-in table; entries say what each
 * parameter gets. Keys are spelt as in a config.
 */
export interface MupOptions {
  /** Width of the model that the settings were found with. */
  readonly base_width: number;
  /** Scale the initial values by `init_scale_expr`. Default false. */
  readonly initialize?: boolean | undefined;
  /** The first entry whose pattern matches a parameter holds for it. */
  readonly param_groups: readonly MupEntry[];
}

export interface MupEntry {
  /** `fnmatch` pattern of whole parameter paths. */
  readonly pattern: string;
  /** Width of the layer; default `base_width`. */
  readonly width?: number | null | undefined;
  /** Factor on the learning rate; arithmetic with `base_width` and `width` (see `evaluateArithmetic`). Default 1. */
  readonly lr_scale_expr?: string | number | undefined;
  /** Factor on the initial values, likewise. Default 1. */
  readonly init_scale_expr?: string | number | undefined;
}

/** The factors of matched parameters, and what went wrong with their expressions. */
export interface MupFactors {
  /** Factor of each path that an entry matches, in the order given. */
  readonly factors: ReadonlyMap<string, number>;
  /** A line for each expression that has no value and counts as 1, and for each entry that matches nothing. */
  readonly warnings: readonly string[];
}

/**
 * Evaluates `expression` of the entry of every path.
 *
 * @throws L3M_BAD_OPTION for a `base_width` that is no number above 0
 */
export function mupFactors(
  paths: readonly string[],
  { base_width, param_groups }: MupOptions,
  expression: "lr_scale_expr" | "init_scale_expr",
): MupFactors {
  if (!(base_width > 0))
    throw new L3mError("L3M_BAD_OPTION", {
      message: "muP scales by the width of a base model.",
      where: { path: "optim.mup.base_width" },
      expected: "a number above 0",
      got: String(base_width),
      fix: "Set base_width to the width of the model that the settings were found with.",
    });
  const warnings = new Set<string>();
  const valueOf = ({ width, [expression]: text = 1 }: MupEntry, index: number): number => {
    if (typeof text === "number") return text;
    try {
      return evaluateArithmetic(text, { base_width, width: width ?? base_width });
    } catch (error) {
      if (!isL3mError(error)) throw error;
      const { message, expected } = error.details;
      warnings.add(`optim.mup.param_groups.${index}.${expression}: ${message} Expected ${expected}. It counts as 1.`);
      return 1;
    }
  };
  const factors = new Map<string, number>();
  const used = new Set<number>();
  for (const path of paths) {
    const index = param_groups.findIndex(({ pattern }) => matchesGlob(path, pattern));
    const entry = param_groups[index];
    if (entry === undefined) continue;
    used.add(index);
    factors.set(path, valueOf(entry, index));
  }
  for (const [index, { pattern }] of param_groups.entries())
    if (!used.has(index))
      warnings.add(
        `optim.mup.param_groups.${index}: "${pattern}" matches no trained parameter that entries before it leave.`,
      );
  return { factors, warnings: [...warnings] };
}
