/** `criterion`: a loss on a map of inputs; loss, metrics and gradients of the loss. */
import { evalContext, withParams } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import { castInput } from "../bf16.ts";
import { dictOf, type InputFields } from "../case-dict.ts";
import { names, storedUnder } from "../expectations.ts";
import { withGradients } from "../gradients.ts";
import type { Handler } from "../handler.ts";
import { compareLoss } from "../loss-case.ts";
import { buildTarget, compareStored, parametersOf } from "../module-case.ts";
import { Program } from "../program.ts";

export const criterion: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, surroundings) {
    const built = buildTarget(golden, surroundings, "loss");
    const parameters = await parametersOf(golden, built);
    const { precision } = surroundings;
    const program = new Program((given) => {
      const tensors = new Map([...given].map(([name, value]) => [name, castInput(golden, precision, value)]));
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
