/** `moe_balancing`: the balancing loss of layers whose routing is given. */
import { build, Emissions, evalContext, type Loss } from "@l3m/core";
import type * as tf from "@l3m/core/tf";
import { expectedField, names, storedUnder, toleranceOf } from "../expectations.ts";
import { withGradients } from "../gradients.ts";
import type { Handler } from "../handler.ts";
import { compareLoss } from "../loss-case.ts";
import { buildTarget, compareStored } from "../module-case.ts";
import { Program } from "../program.ts";
import { BALANCING_LOSS, routed } from "./moe-layers.ts";

type Tensor = tf.Tensor;

const LAYER = "l3m.model.layers.moe.MoE";

export const moeBalancing: Handler = {
  builds: ({ target }) => [target, LAYER],
  async run(golden, surroundings) {
    const { registry, jit } = surroundings;
    const loss: Loss = buildTarget(golden, surroundings, "loss").product;
    const options = golden.fields["layer_options"] as Readonly<Record<string, unknown>>;
    const node = { _target_: LAYER, in_features: 1, hidden_features: 1, ...options };
    const layer = routed(build(registry, "ffn", node).product);
    const layers = [...golden.tensors.keys()].filter((name) => name.startsWith("in.scores.")).length;
    const program = new Program((tensors) => {
      const xs = new Map(names(golden, "grads").map((name) => [name, tensors.get(name) as Tensor]));
      for (const name of tensors.keys()) if (name.startsWith("in.scores.")) xs.set(name, tensors.get(name) as Tensor);
      return withGradients(() => {
        const { emit, takeLoss } = new Emissions();
        const context = evalContext({ train: true, emit, takeLoss });
        for (let l = 0; l < layers; l++) {
          const [scores, counts] = [tensors.get(`in.scores.${l}`), tensors.get(`in.counts.${l}`)] as [Tensor, Tensor];
          emit(BALANCING_LOSS, layer.balancingLoss({ scores, counts }), { loss: true, parts: layers });
        }
        const trained = loss.forward(new Map(), context);
        const evaluated = loss.forward(new Map(), evalContext());
        const metrics = Object.entries(trained.metrics).map(([name, value]) => [`metric.${name}`, value] as const);
        return {
          outputs: new Map<string, Tensor>([["loss", trained.loss], ["loss_in_eval", evaluated.loss], ...metrics]),
          scalar: trained.loss,
        };
      }, xs);
    }, jit);
    const inputs = [...storedUnder(golden, "in.")].map(([name, value]) => [`in.${name}`, value] as const);
    const results = await program.run(new Map(inputs));
    const comparison = compareLoss(golden, surroundings, results, compareStored(golden, surroundings, results));
    for (const [name, expected] of storedUnder(golden, "grad."))
      comparison.array(`grad.${name}`, results.get(`grad.${name}`), expected, toleranceOf(golden, "grads"));
    const inEval = expectedField(golden, surroundings.compat, "loss_in_eval");
    comparison.number("loss_in_eval", results.get("loss_in_eval")?.data[0], inEval, toleranceOf(golden, "loss"));
    return comparison;
  },
};
