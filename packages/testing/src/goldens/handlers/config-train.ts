/** `config_train`: a whole configuration; one forward and backward over the batch, then five training iterations. */
import type { Tensor } from "@l3m/core/tf";
import { castParams } from "../bf16.ts";
import { lookUp } from "../case-dict.ts";
import type { Comparison } from "../comparison.ts";
import { buildExperiment, type Experiment, forward, inputsOf, type Resolved, valuesOf } from "../experiment.ts";
import { names } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import { withGradients } from "../gradients.ts";
import type { Handler, Surroundings } from "../handler.ts";
import { compareLoss } from "../loss-case.ts";
import { compareStored, parametersOf } from "../module-case.ts";
import { type HostResult, Program } from "../program.ts";
import { train } from "../training.ts";

export const configTrain: Handler = {
  builds: ({ fields }) => {
    const { model, loss, optim } = fields["resolved"] as Resolved;
    return { model: model.meta_model, loss, optimizer: optim.optimizer, scheduler: optim.scheduler };
  },
  async run(golden, surroundings) {
    const experiment = buildExperiment(golden, surroundings);
    const start = new Map(
      [...(await parametersOf(golden, experiment.model))].map(([path, value]) => [
        `param.${path}`,
        value as HostResult,
      ]),
    );
    const comparison = await wholeBatch(golden, surroundings, experiment, start);
    await train(golden, surroundings, experiment, start, comparison);
    return comparison;
  },
};

async function wholeBatch(
  golden: GoldenCase,
  surroundings: Surroundings,
  experiment: Experiment,
  start: ReadonlyMap<string, HostResult>,
): Promise<Comparison> {
  const program = new Program((tensors) => {
    const values = castParams(golden, surroundings.precision, experiment.model, valuesOf(experiment, tensors));
    const xs = new Map(
      names(golden, "grads").map((name) => [
        name,
        (tensors.get(name.startsWith("in.") ? name : "") ?? values.get(name.replace(/^param\./, ""))) as Tensor,
      ]),
    );
    return withGradients(() => {
      const { loss, metrics, dict } = forward(golden, experiment, values, tensors);
      const outputs = new Map(names(golden, "outputs").map((name) => [`out.${name}`, lookUp(dict, name)]));
      outputs.set("loss", loss);
      for (const [name, value] of Object.entries(metrics)) outputs.set(`metric.${name}`, value);
      return { outputs, scalar: loss };
    }, xs);
  }, surroundings.jit);
  const results = await program.run(new Map([...start, ...inputsOf(golden)]));
  return compareLoss(golden, surroundings, results, compareStored(golden, surroundings, results));
}
