/** The balancing loss of all mixture-of-experts layers as a term of its own. */
import * as tf from "@l3m/core/tf";
import { detach } from "@l3m/core/nn";
import { defineLoss, L3mError } from "@l3m/core";
import * as z from "zod";
import { BALANCING_LOSS } from "./balancing-loss.ts";

/**
 * Takes over what the layers emitted in this forward pass, so that it can be weighed like any other term; without this loss
 * the layers' own sum is added to the training loss as it is. Reads no keys. Metric: `moe/load_balancing_loss`. In evaluation
 * there is nothing to balance and the term is 0 (with compat NaN, as ml-l3m has it).
 */
export const loadBalancingLossTerm = defineLoss({
  name: "load-balancing-loss",
  summary: "Load-balancing loss of all mixture-of-experts layers of the model.",
  aliases: ["l3m.loss.moe_balancing_loss.MoEBalancingLoss"],
  options: z.strictObject({}),
  ports: {},
  build: (_options, context) => ({
    forward(_inputs, forward) {
      const taken = forward.takeLoss(BALANCING_LOSS);
      if (taken === undefined && forward.train) {
        throw new L3mError("L3M_BAD_OPTION", {
          message: "There is no load to balance: no mixture-of-experts layer ran in this pass.",
          where: { path: context.where },
          expected: "a model with a mixture-of-experts layer",
          got: "none",
          fix: "Remove this loss, or put moe/moe into the trunk (ffn_target).",
        });
      }
      const loss = taken ?? tf.scalar(context.compat ? NaN : 0);
      return { loss, metrics: { [BALANCING_LOSS]: detach(loss) } };
    },
  }),
});
