/** `name_match`: shell patterns on parameter names. */
import { matchesGlob } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import { names } from "../expectations.ts";
import type { Handler } from "../handler.ts";

export const nameMatch: Handler = {
  builds: () => [],
  run(golden) {
    const comparison = new Comparison();
    for (const { pattern, matches } of golden.fields["table"] as readonly {
      readonly pattern: string;
      readonly matches: readonly string[];
    }[]) {
      comparison.exact(
        pattern,
        names(golden, "names").filter((name) => matchesGlob(name, pattern)),
        matches,
      );
    }
    return comparison;
  },
};
