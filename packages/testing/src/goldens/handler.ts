/** What a handler is: how cases of one sort are run and compared. */
import type { Registry } from "@l3m/core";
import type { GoldenPrecision } from "./bf16.ts";
import type { Comparison } from "./comparison.ts";
import type { GoldenCase } from "./golden-case.ts";
import type { Jit } from "./program.ts";

/** What every handler gets beside the case. */
export interface Surroundings {
  readonly registry: Registry;
  /** Reproduce recorded upstream bugs and compare everything as recorded. */
  readonly compat: boolean;
  readonly precision: GoldenPrecision;
  /** Absent on eager engines. */
  readonly jit: Jit | undefined;
}

export interface Handler {
  /** Parts of the case that name what it builds or calls: every `_target_` in them, and every string that is one. */
  readonly builds: (golden: GoldenCase) => unknown;
  /** Upstream names that the handler itself stands for; they need no registration. */
  readonly functions?: Readonly<Record<string, unknown>>;
  /** Why the case cannot be run here, for cases that need files which do not come with them; undefined = it can. */
  readonly missing?: (golden: GoldenCase) => string | undefined;
  readonly run: (golden: GoldenCase, surroundings: Surroundings) => Comparison | Promise<Comparison>;
}
