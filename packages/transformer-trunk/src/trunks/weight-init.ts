/** How a trunk initialises everything inside it: linear weights by style, linear biases 0, layer norms 1 and 0. */
import { type BuildContext, type Initializer, L3mError, ONES, type ParamSpec, ZEROS } from "@l3m/core";

/** Names of the styles; `null` keeps what the layers chose for their weights. */
export const WEIGHT_INIT_STYLES = [
  "xavier_uniform",
  "pytorch",
  "fan_in_depth_scaled",
  "normal",
  "fan_in_normal",
] as const;
export type WeightInitStyle = (typeof WEIGHT_INIT_STYLES)[number];

/**
 * Re-initialises what was declared under `context`. Acts on roles, so the layers of every package are covered, and a fused
 * `qkv` weight gets the bounds of its own shape.
 */
export function initTrunk(context: BuildContext, style: WeightInitStyle | null, depth: number): void {
  if (style !== null)
    context.reinit(
      (spec) => spec.role === "linear.weight",
      (spec) => linearInit(style, spec, depth),
    );
  context.reinit((spec) => spec.role === "linear.bias" || spec.role === "layer-norm.bias", ZEROS);
  context.reinit((spec) => spec.role === "layer-norm.weight", ONES);
}

function linearInit(style: WeightInitStyle, spec: ParamSpec, depth: number): Initializer {
  const [fan_out = 1, fan_in = 1] = spec.shape;
  switch (style) {
    case "xavier_uniform":
      return { kind: "xavier-uniform", fan_in, fan_out };
    case "pytorch":
      return { kind: "trunc-normal", std: 0.02 };
    case "fan_in_depth_scaled":
      return { kind: "variance-scaling", scale: 1 / (1 + depth), fan_in, truncated: true };
    case "normal":
      return { kind: "normal", std: 0.02 };
    case "fan_in_normal":
      return { kind: "variance-scaling", scale: 1, fan_in, truncated: false };
  }
}

/** Output projections of a block's residual branches, each by the names that attentions and FFNs give it. */
const BRANCH_OUTPUTS = [["attn.proj.weight", "attn.o_proj.weight"], ["mlp.fc2.weight"]];

/** The same of a decoder block. */
export const DECODER_BRANCH_OUTPUTS = [
  ["self_attn.proj.weight", "self_attn.o_proj.weight"],
  ["cross_attn.proj.weight"],
  ["mlp.fc2.weight"],
];

/**
 * Divides the output projections of block i by `sqrt(2 (i + 1))`, as ml-l3m does, or those of every block by `sqrt(2 L)`, as
 * GPT-2 does (Radford et al. 2019, 2.3), for L = `depth` blocks.
 *
 * @throws L3M_BAD_OPTION when a block has no such projection.
 */
export function rescaleBranchOutputs(
  context: BuildContext,
  depth: number,
  by: "block" | "depth",
  branchOutputs: readonly (readonly string[])[] = BRANCH_OUTPUTS,
): void {
  for (let i = 0; i < depth; i++) {
    for (const names of branchOutputs) {
      let found = false;
      const select = (_spec: ParamSpec, path: string): boolean => {
        const selected = names.some((name) => path === `blocks.${i}.${name}`);
        found ||= selected;
        return selected;
      };
      const branches = 2 * (by === "block" ? i + 1 : depth);
      context.reinit(select, (spec) => ({ kind: "scaled", init: spec.init, by: 1 / Math.sqrt(branches) }));
      if (!found) {
        throw new L3mError("L3M_BAD_OPTION", {
          message: `Block ${i} has no output projection that gpt_proj_rescale could scale.`,
          where: { path: `${context.where}.gpt_proj_rescale` },
          expected: `a parameter ${names.join(" or ")}`,
          got: "none",
          fix: "Remove gpt_proj_rescale, or use an attention and a feed-forward network with these projections.",
        });
      }
    }
  }
}
