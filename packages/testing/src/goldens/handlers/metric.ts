/** `metric`: an evaluation score of one batch. */
import type { HostArray } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import { expectedField, stored, toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";
import { buildTarget } from "../module-case.ts";

export const metric: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, surroundings) {
    const run = buildTarget(golden, surroundings, "metric").product.start();
    const inputs = Object.entries(golden.fields["inputs"] as Readonly<Record<string, string>>);
    run.update(Object.fromEntries(inputs.map(([name, key]): [string, HostArray] => [key, stored(golden, name)])));
    const comparison = new Comparison();
    comparison.numbers(
      "metrics",
      await run.result(),
      expectedField(golden, surroundings.compat, "metrics") as Record<string, unknown>,
      toleranceOf(golden, "metrics"),
    );
    return comparison;
  },
};
