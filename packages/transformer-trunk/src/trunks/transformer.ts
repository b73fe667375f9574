/** Transformer trunk: a stack of blocks on a sequence of tokens. B batch, N tokens, D width, L blocks. */
import type * as tf from "@l3m/core/tf";
import {
  defineBlock,
  type ForwardContext,
  fromOption,
  fromPort,
  type Layer,
  type LayerInputs,
  maybeRead,
  read,
  slot,
  write,
  writeList,
} from "@l3m/core";
import * as z from "zod";
import { initTrunk, rescaleBranchOutputs, WEIGHT_INIT_STYLES } from "./weight-init.ts";

const options = z.strictObject({
  embed_dim: z.int().positive().describe("D, width of the tokens."),
  num_blocks: z.int().nonnegative().describe("L, number of blocks."),
  self_attn_mask_read_key: z
    .string()
    .nullish()
    .describe("Key of a mask [B, N, N] for every attention; without the key in the DataDict attention is unmasked."),
  drop_path_rate: z.number().min(0).max(1).default(0).describe("Stochastic depth, in training."),
  drop_path_type: z
    .enum(["progressive", "uniform"])
    .default("progressive")
    .describe("Rate growing from 0 to drop_path_rate over the blocks, or the same everywhere."),
  mlp_ratio: z.number().positive().default(4).describe("Hidden width of the feed-forward networks over D."),
  mlp_hidden_dim: z
    .int()
    .positive()
    .nullish()
    .describe("Hidden width of the feed-forward networks; wins over mlp_ratio."),
  ffn_dropout_rate: z.number().min(0).max(1).default(0).describe("Dropout inside the feed-forward networks."),
  weight_init_style: z
    .enum(WEIGHT_INIT_STYLES)
    .nullable()
    .default("xavier_uniform")
    .describe("Distribution of every linear weight inside; null keeps the layers' own. Biases start at 0 either way."),
  gpt_proj_rescale: z
    .union([z.boolean(), z.literal("depth")])
    .default(false)
    .describe(
      "Divide the output projections of block i by sqrt(2 (i + 1)), or with `depth` those of all by sqrt(2 L).",
    ),
  use_bias: z.boolean().default(true).describe("Biases of attention outputs and feed-forward networks."),
  post_trunk_norm: z.boolean().default(false).describe("A norm after the last block."),
});

/** Logical axes of the residual stream, for sharding plans. */
const RESIDUAL_AXES = ["batch", "sequence", "embed"];

/** Writes the tokens and, under `<write_key>_trunk`, the output of every block (before the final norm). */
export const transformer = defineBlock({
  name: "transformer",
  summary: "Stack of transformer blocks.",
  aliases: ["l3m.model.trunks.transformer.Transformer"],
  upstream: { block: "layer" },
  options,
  slots: {
    attn_target: slot("attention"),
    ffn_target: slot("ffn", { default: "core/mlp" }),
    act_layer: slot("activation", { default: "core/gelu" }),
    norm_layer: slot("norm", { default: "core/layer-norm" }),
    layer: slot("module", { default: "transformer-trunk/block" }),
  },
  ports: {
    x: read(null, "B N D=embed_dim"),
    mask: maybeRead(fromOption("self_attn_mask_read_key")),
    positions: maybeRead("position_ids", "B N", { dtype: "int32" }),
    y: write(null, "B N D"),
    layers: writeList(fromPort("y", "_trunk"), "B N D"),
  },
  build(given, context) {
    const {
      embed_dim,
      num_blocks: L,
      attn_target,
      ffn_target,
      act_layer,
      norm_layer,
      ffn_dropout_rate,
      use_bias,
    } = given;
    const mlp_hidden_dim = given.mlp_hidden_dim ?? Math.trunc(given.mlp_ratio * embed_dim);
    const blocks = Array.from({ length: L }, (_, i) => {
      const drop_path =
        given.drop_path_type === "uniform" ? given.drop_path_rate : given.drop_path_rate * (i / Math.max(L - 1, 1));
      const name = `blocks.${i}`;
      const layer = context.child(name, given.layer, {
        embed_dim,
        attn_target,
        mlp_hidden_dim,
        ffn_target,
        act_layer,
        norm_layer,
        ffn_dropout_rate,
        drop_path,
        use_bias,
      });
      return { scope: context.pathOf(name), layer };
    });
    const norm = given.post_trunk_norm ? context.child("post_trunk_norm", norm_layer, { dim: embed_dim }) : undefined;
    initTrunk(context, given.weight_init_style, L);
    if (given.gpt_proj_rescale !== false)
      rescaleBranchOutputs(context, L, given.gpt_proj_rescale === "depth" ? "depth" : "block");

    return {
      forward({ x, mask, positions }, forward) {
        const extra = { mask, position_ids: positions };
        const layers: tf.Tensor[] = [];
        let tokens = forward.constrain(x, RESIDUAL_AXES);
        for (const block of blocks) {
          tokens = forward.constrain(runBlock(block, tokens, extra, forward), RESIDUAL_AXES);
          layers.push(tokens);
        }
        return { y: norm === undefined ? tokens : norm.forward(tokens, forward), layers };
      },
    };
  },
});

/** Runs one block so that its activations can be computed again; masks and positions go in as inputs. */
function runBlock(
  block: { readonly scope: string; readonly layer: Layer },
  x: tf.Tensor,
  extra: LayerInputs,
  forward: ForwardContext,
): tf.Tensor {
  const { mask, position_ids } = extra;
  const optional = [mask, position_ids].filter((tensor) => tensor !== undefined);
  const run = ([tokens, ...rest]: readonly tf.Tensor[]): tf.Tensor[] => {
    const inputs = { mask: mask && rest[0], position_ids: position_ids && rest[mask === undefined ? 0 : 1] };
    return [block.layer.forward(tokens as tf.Tensor, forward, inputs)];
  };
  return forward.remat(block.scope, run, [x, ...optional])[0] as tf.Tensor;
}
