/** What can be registered, and what the parent of each kind supplies. */

/** Every kind. In YAML a node names its kind in snake_case: `{ pos_embed: transformer-trunk/rope, ... }`. */
export const KINDS = [
  "block",
  "norm",
  "activation",
  "attention",
  "ffn",
  "pos-embed",
  "mask",
  "mask-generator",
  "module",
  "loss",
  "metric",
  "optimizer",
  "schedule",
  "dataset",
  "transform",
  "sampler",
  "tokenizer",
  "collate",
  "tracker",
  "sharding-plan",
  "function",
] as const;

/** Kinds whose things are a {@link Layer}: tensor in, tensor out. */
export const LAYER_KINDS = ["module", "norm", "activation", "ffn", "attention"] as const satisfies readonly Kind[];

export type Kind = (typeof KINDS)[number];

/** True for a kind of {@link LAYER_KINDS}. */
export function isLayerKind(kind: Kind): boolean {
  return (LAYER_KINDS as readonly Kind[]).includes(kind);
}

/**
 * Options that whoever owns a slot of this kind supplies. They win over the YAML silently and are not demanded there; a
 * child that does not know one of them does not get it.
 */
export const PARENT_OPTIONS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  norm: ["dim"],
  sampler: ["dataset", "batch_size", "seed"],
  collate: ["tokenizer"],
  attention: ["use_bias"],
  ffn: ["in_features", "hidden_features", "act_layer", "drop", "use_bias"],
  module: [
    "embed_dim",
    "attn_target",
    "self_attn_target",
    "cross_attn_target",
    "mlp_hidden_dim",
    "ffn_target",
    "act_layer",
    "norm_layer",
    "ffn_dropout_rate",
    "drop_path",
    "use_bias",
  ],
};

/** The YAML key of a kind: `pos-embed` is `pos_embed`. */
export function kindKey(kind: Kind): string {
  return kind.replaceAll("-", "_");
}

/** The kind that a YAML key names, if any. */
export function kindOfKey(key: string): Kind | undefined {
  return KINDS.find((kind) => kindKey(kind) === key);
}
