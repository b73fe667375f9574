/** A mixture-of-experts layer: router, experts, balancing loss. B batch, N tokens, D width, F hidden width, T = B N. */
import * as tf from "@l3m/core/tf";
import { checkTrailingShape } from "@l3m/core/nn";
import {
  type Activation,
  type BuildContext,
  defineFfn,
  type ForwardContext,
  L3mError,
  type Layer,
  slot,
} from "@l3m/core";
import * as z from "zod";
import { BALANCING_LOSS, loadBalancingLoss } from "./balancing-loss.ts";
import { expertNetwork } from "./expert-network.ts";
import { type Routing, router } from "./routing.ts";

type Tensor = tf.Tensor;

/** Options of every mixture-of-experts layer. */
export const expertOptions = z.object({
  use_bias: z.boolean().default(true).describe("One bias for the output of the layer, not one per expert."),
  return_bias: z.literal(false).default(false).describe("The bias is always added to the output."),
  num_experts: z.int().positive().default(1).describe("E, number of experts."),
  top_k: z.int().positive().default(1).describe("k, experts per token; at most E."),
  normalize_expert_weights: z
    .number()
    .nonnegative()
    .nullish()
    .describe("Order of the norm that the k weights of a token are divided by; default 0, raw probabilities."),
  uniform_expert_assignment: z
    .boolean()
    .default(false)
    .describe("For tests of speed: experts in turn, whatever the router says."),
  load_balancing_loss_weight: z.number().nonnegative().default(0.1).describe("Weight inside the balancing loss."),
  capacity_factor: z
    .number()
    .nonnegative()
    .default(1)
    .describe("For moe_class `moe`: rows of an expert as a multiple of k T / E; 0 drops nothing."),
  router_jitter_eps: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .describe("In training the router sees x times U(1 - eps, 1 + eps); default none."),
  mlp_type: z.enum(["mlp", "glu"]).default("glu").describe("Experts with or without a gate; `moe` never has one."),
  moe_class: z
    .enum(["moe", "dmoe"])
    .default("dmoe")
    .describe("`dmoe` is dropless; `moe` drops what exceeds an expert's capacity."),
  num_layers: z
    .int()
    .positive()
    .default(1)
    .describe("Number of mixture-of-experts layers in the model: the balancing loss is the mean over them."),
});

/** Options of ml-l3m that change how its kernels work and not what they compute. */
export const EXPERT_IGNORES = [
  "drop",
  "mlp_impl",
  "memory_optimized_mlp",
  "load_balancing_in_fp32",
  "pipeline_model_parallel_size",
  "num_layers_per_virtual_pipeline_stage",
  "moe_expert_model_parallelism",
  "expert_parallel_group",
  "moe_weight_parallelism",
  "init_method",
  "dtype",
  "device",
  "norm_layer",
  "out_features",
] as const;

/** A mixture-of-experts layer with the parts that it is made of. */
export interface MixtureLayer extends Layer {
  /** Routing of x `[..., D]`, its tokens flattened. */
  route(x: Tensor, forward: ForwardContext): Routing;
  /** This layer's part of the balancing loss, a scalar. */
  balancingLoss(routing: Pick<Routing, "scores" | "counts">): Tensor;
}

/**
 * Builds a layer of D inputs and F hidden units per expert. In training with a positive weight it emits its part of the side
 * loss `moe/load_balancing_loss`.
 *
 * @throws L3M_BAD_OPTION when k exceeds E
 */
export function mixtureLayer(
  context: BuildContext,
  { width, hidden }: { readonly width: number; readonly hidden: number },
  options: z.infer<typeof expertOptions>,
  act: Activation,
): MixtureLayer {
  const { num_experts: experts, top_k: topK, num_layers: layers, load_balancing_loss_weight: weight } = options;
  if (topK > experts) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "A token cannot use more experts than there are.",
      where: { path: `${context.where}.top_k` },
      expected: `at most num_experts = ${experts}`,
      got: String(topK),
      fix: "Lower top_k or raise num_experts.",
    });
  }
  const limited = options.moe_class === "moe";
  const choose = router(context.scope("router"), {
    width,
    experts,
    topK,
    normOrder: options.normalize_expert_weights ?? 0,
    uniform: options.uniform_expert_assignment,
    jitter: options.router_jitter_eps ?? 0,
  });
  const apply = expertNetwork(
    context.scope("experts"),
    {
      width,
      hidden,
      experts,
      network: limited ? "mlp" : options.mlp_type,
      bias: options.use_bias,
      capacityFactor: limited ? options.capacity_factor : undefined,
    },
    act,
  );
  const flat = (x: Tensor): Tensor => {
    checkTrailingShape(x, [width]);
    return tf.reshape(x, [x.size / width, width]);
  };
  const balancingLoss: MixtureLayer["balancingLoss"] = (routing) =>
    loadBalancingLoss(routing, { weight, layers, topK });
  return {
    route: (x, forward) => choose(flat(x), forward),
    balancingLoss,
    forward(x, forward) {
      const x_TD = flat(x);
      const routing = choose(x_TD, forward);
      if (forward.train) forward.emit(BALANCING_LOSS, balancingLoss(routing), { loss: true, parts: layers });
      return tf.reshape(apply(x_TD, routing, forward), x.shape);
    },
  };
}

export const expertLayer = defineFfn({
  name: "expert-layer",
  summary: "Mixture of experts whose hidden width is exactly the given one.",
  aliases: ["megablocks.layers.moe.MoE"],
  rename: { in_features: "hidden_size", hidden_features: "ffn_hidden_size" },
  ignores: EXPERT_IGNORES,
  options: z.strictObject({
    hidden_size: z.int().positive().describe("D, width of input and output."),
    ffn_hidden_size: z.int().positive().describe("F, hidden width of each expert."),
    ...expertOptions.shape,
  }),
  slots: { act_layer: slot("activation", { default: "core/gelu" }) },
  build({ act_layer, hidden_size: width, ffn_hidden_size: hidden, ...options }, context) {
    return mixtureLayer(context, { width, hidden }, options, context.child("act_layer", act_layer));
  },
});
