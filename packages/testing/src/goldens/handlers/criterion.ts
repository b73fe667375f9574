/** `criterion`: a loss on a map of inputs; loss, metrics and gradients of the loss. */
import { evalContext, withParams } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import { dictOf, type InputFields } from "../case-dict.ts";
import { expectedField, names, storedUnder, toleranceOf } from "../expectations.ts";
import { withGradients } from "../gradients.ts";
import type { Handler } from "../handler.ts";
import { buildTarget, compareStored, parametersOf } from "../module-case.ts";
import { type HostResult, Program } from "../program.ts";
import type { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Surroundings } from "../handler.ts";

export const criterion: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, surroundings) {
    const built = buildTarget(golden, surroundings, "loss");
    const parameters = await parametersOf(golden, built);
    const program = new Program((tensors) => {
      const xs = new Map(names(golden, "grads").map((name) => [name, tensors.get(name) as Tensor]));
      const values = new Map([...parameters.keys()].map((path) => [path, tensors.get(`param.${path}`) as Tensor]));
      return withGradients(() => {
        const context = evalContext({ train: golden.fields["mode"] === "train" });
        const { loss, metrics } = withParams(values, () =>
          built.product.forward(dictOf(golden.fields as InputFields, tensors), context),
        );
        return {
          outputs: new Map([
            ["loss", loss],
            ...Object.entries(metrics).map(([name, value]): [string, Tensor] => [`metric.${name}`, value]),
          ]),
          scalar: loss,
        };
      }, xs);
    }, surroundings.jit);
    const inputs = [...storedUnder(golden, "in.")].map(([name, value]) => [`in.${name}`, value] as const);
    const results = await program.run(
      new Map([...inputs, ...[...parameters].map(([path, value]) => [`param.${path}`, value] as const)]),
    );
    return compareLoss(golden, surroundings, results, compareStored(golden, surroundings, results));
  },
};

/** Compares `loss` and `metrics` with what a program returned under `loss` and `metric.*`. */
export function compareLoss(
  golden: GoldenCase,
  { compat }: Surroundings,
  results: ReadonlyMap<string, HostResult>,
  comparison: Comparison,
): Comparison {
  const loss = expectedField(golden, compat, "loss");
  if (loss !== undefined) comparison.number("loss", results.get("loss")?.data[0], loss, toleranceOf(golden, "loss"));
  const metrics = expectedField(golden, compat, "metrics");
  if (metrics !== undefined)
    comparison.numbers(
      "metrics",
      metricsIn(results),
      metrics as Record<string, unknown>,
      toleranceOf(golden, "metrics"),
    );
  return comparison;
}

/** The entries of `metric.*` as numbers. */
export function metricsIn(results: ReadonlyMap<string, HostResult>): Record<string, number> {
  const metrics = [...results].filter(([name]) => name.startsWith("metric."));
  return Object.fromEntries(metrics.map(([name, { data }]) => [name.slice("metric.".length), data[0] as number]));
}
