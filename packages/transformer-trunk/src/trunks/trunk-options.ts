/** Options that trunks share: sizes, stochastic depth, initialisation. D width of the tokens, L blocks. */
import * as z from "zod";
import { WEIGHT_INIT_STYLES } from "./weight-init.ts";

export const trunkOptions = {
  embed_dim: z.int().positive().describe("D, width of the tokens."),
  num_blocks: z.int().nonnegative().max(10_000).describe("L, number of blocks."),
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
    .union([z.boolean(), z.literal("depth")], "true, false or depth")
    .default(false)
    .describe(
      "Divide the output projections of block i by sqrt(2 (i + 1)), or with `depth` those of all by sqrt(2 L).",
    ),
  use_bias: z.boolean().default(true).describe("Biases of attention outputs and feed-forward networks."),
  post_trunk_norm: z.boolean().default(false).describe("A norm after the last block."),
};

/** Hidden width of the feed-forward networks: as given, else `ratio` times D, rounded down. */
export function hiddenWidth(options: {
  readonly embed_dim: number;
  readonly mlp_ratio: number;
  readonly mlp_hidden_dim?: number | null | undefined;
}): number {
  return options.mlp_hidden_dim ?? Math.trunc(options.mlp_ratio * options.embed_dim);
}

/** Probability of skipping a branch, for each of L blocks (Huang et al. 2016: deeper blocks are skipped more often). */
export function dropPathRates(options: {
  readonly num_blocks: number;
  readonly drop_path_rate: number;
  readonly drop_path_type: "progressive" | "uniform";
}): number[] {
  const { num_blocks: L, drop_path_rate: rate } = options;
  return Array.from({ length: L }, (_, i) =>
    options.drop_path_type === "uniform" ? rate : rate * (i / Math.max(L - 1, 1)),
  );
}
