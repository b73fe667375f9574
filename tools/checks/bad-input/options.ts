/** Options and slots that no block can be built from. */
import { type BadCall, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const attn = { attention: "transformer-trunk/generic-attention", dim: 8, num_heads: 2 };
const trunk = { block: "transformer-trunk/transformer", ...io, embed_dim: 8, num_blocks: 1, attn_target: attn };
const withAttention = (name: string, o: object = {}) => ({
  ...trunk,
  attn_target: { attention: `transformer-trunk/${name}`, dim: 8, num_heads: 2, ...o },
});

export const OPTIONS: readonly BadCall[] = [
  {
    what: "an unknown name",
    node: { block: "transformer-trunk/transfomer" },
    error: ["L3M_UNKNOWN_NAME", "model", "a name of the loaded plugins", "transformer-trunk/transfomer"],
  },
  {
    what: "a plugin that is not loaded",
    node: { block: "hyena/hyena" },
    error: ["L3M_MISSING_PLUGIN", "model", "one of core", "hyena/hyena"],
  },
  {
    what: "an unknown name of ml-l3m",
    node: { _target_: "l3m.model.trunks.transformer.Transfomer" },
    error: ["L3M_UNKNOWN_NAME", "model", "a name of the loaded plugins", "l3m.model.trunks.transformer.Transfomer"],
  },
  {
    what: "an activation where a norm goes",
    node: { ...trunk, norm_layer: "core/gelu" },
    error: ["L3M_WRONG_KIND", "model.norm_layer", "norm", "activation"],
  },
  {
    what: "a loss where a block goes",
    node: { block: "losses/mse-loss" },
    error: ["L3M_WRONG_KIND", "model", "block", "loss"],
  },
  {
    what: "a feed-forward network where an attention goes",
    node: { ...trunk, attn_target: { ffn: "core/mlp" } },
    error: ["L3M_WRONG_KIND", "model.attn_target", "attention: <name>", "ffn: core/mlp"],
  },
  {
    what: "a number where an attention goes",
    node: { ...trunk, attn_target: 3 },
    error: ["L3M_BAD_OPTION", "model.attn_target", 'a registered name, or a map with "attention: <name>"', "3"],
  },
  {
    what: "a list where an attention goes",
    node: { ...trunk, attn_target: [attn] },
    error: [
      "L3M_BAD_OPTION",
      "model.attn_target",
      'a registered name, or a map with "attention: <name>"',
      '[{"attention":"transformer-trunk/generic-attention","dim":8,"num_heads":2}]',
    ],
  },
  {
    what: "no attention",
    node: { block: "transformer-trunk/transformer", ...io, embed_dim: 8, num_blocks: 1 },
    error: ["L3M_BAD_OPTION", "model.attn_target", "attention", "nothing"],
  },
  {
    what: "unknown option",
    node: { ...trunk, depth: 3 },
    error: ["L3M_UNKNOWN_OPTION", "model.depth", "one of act_layer", "depth"],
  },
  {
    what: "no width",
    node: { block: "transformer-trunk/transformer", ...io, num_blocks: 1, attn_target: attn },
    error: ["L3M_BAD_OPTION", "model.embed_dim", "number", "nothing"],
  },
  {
    what: "unknown port",
    node: { ...trunk, read: { z: "q" } },
    error: ["L3M_UNKNOWN_OPTION", "model.read.z", "x, mask, positions", "z"],
  },
  {
    what: "num_heads 0",
    node: { ...trunk, attn_target: { ...attn, num_heads: 0 } },
    error: ["L3M_BAD_OPTION", "model.attn_target.num_heads", "number >0", "0"],
  },
  {
    what: "num_heads NaN",
    node: { ...trunk, attn_target: { ...attn, num_heads: NaN } },
    error: ["L3M_BAD_OPTION", "model.attn_target.num_heads", "number", "NaN"],
  },
  {
    what: "num_heads negative",
    node: { ...trunk, attn_target: { ...attn, num_heads: -2 } },
    error: ["L3M_BAD_OPTION", "model.attn_target.num_heads", "number >0", "-2"],
  },
  {
    what: "a width of 1e300",
    node: { ...trunk, embed_dim: 1e300 },
    error: ["L3M_BAD_OPTION", "model.embed_dim", "int <=9007199254740991", "1e+300"],
  },
  {
    what: "a width of 2^53",
    node: { ...trunk, embed_dim: 2 ** 53 },
    error: ["L3M_BAD_OPTION", "model.embed_dim", "int <=9007199254740991", "9007199254740992"],
  },
  {
    what: "a weight of 2^80 elements",
    node: { ...trunk, embed_dim: 2 ** 40, attn_target: { ...attn, dim: 2 ** 40 } },
    error: ["L3M_BAD_OPTION", "model.attn_target", "sizes that fit into a machine", "[1099511627776,1099511627776]"],
  },
  {
    what: "mlp_ratio Infinity",
    node: { ...trunk, mlp_ratio: Infinity },
    error: ["L3M_BAD_OPTION", "model.mlp_ratio", "number", "Infinity"],
  },
  {
    what: "an mlp_ratio that leaves no hidden width",
    node: { ...trunk, mlp_ratio: 0.01 },
    error: ["L3M_BAD_OPTION", "model.layer.mlp_hidden_dim", "number >0", "0"],
  },
  {
    what: "mlp_ratio NaN",
    node: { ...trunk, mlp_ratio: NaN },
    error: ["L3M_BAD_OPTION", "model.mlp_ratio", "number", "NaN"],
  },
  {
    what: "drop_path_rate 1.5",
    node: { ...trunk, drop_path_rate: 1.5 },
    error: ["L3M_BAD_OPTION", "model.drop_path_rate", "number <=1", "1.5"],
  },
  {
    what: "qk_scale NaN",
    node: withAttention("attention", { qk_scale: NaN }),
    error: ["L3M_BAD_OPTION", "model.attn_target.qk_scale", "number", "NaN"],
  },
  {
    what: "qk_scale inf",
    node: withAttention("attention", { qk_scale: Infinity }),
    error: ["L3M_BAD_OPTION", "model.attn_target.qk_scale", "number", "Infinity"],
  },
  {
    what: "a number in quotes",
    node: { ...trunk, embed_dim: "8" },
    error: ["L3M_BAD_OPTION", "model.embed_dim", "number", '"8"'],
  },
  {
    what: "one and a half blocks",
    node: { ...trunk, num_blocks: 1.5 },
    error: ["L3M_BAD_OPTION", "model.num_blocks", "int", "1.5"],
  },
  {
    what: "heads that do not divide the width",
    node: withAttention("efficient-attention", { num_heads: 3 }),
    error: ["L3M_BAD_OPTION", "model.attn_target.num_heads", "a divisor of dim = 8", "3"],
  },
  {
    what: "more heads than the width has numbers",
    node: withAttention("generic-attention", { num_heads: 16 }),
    given: () => ({ x: zeros(2, 3, 8) }),
    error: ["L3M_BAD_OPTION", "model.attn_target.num_heads", "at most dim = 8, or a head_dim", "16"],
  },
  {
    what: "key/value heads that do not divide the heads",
    node: withAttention("generic-attention", { num_kv_heads: 3 }),
    error: ["L3M_BAD_OPTION", "model.attn_target.num_kv_heads", "a divisor of num_heads = 2", "3"],
  },
  {
    what: "the same under the names of Hugging Face",
    node: withAttention("hf-attention", { num_key_value_heads: 3 }),
    error: ["L3M_BAD_OPTION", "model.attn_target.num_key_value_heads", "a divisor of num_heads = 2", "3"],
  },
  {
    what: "RoPE of an odd width",
    node: withAttention("generic-attention", {
      rope: { pos_embed: "transformer-trunk/rope", context_length: 4, head_dim: 3 },
    }),
    error: [
      "L3M_BAD_OPTION",
      "model.attn_target.rope",
      "either head_dim, or embed_dim with num_heads; an even width",
      "head_dim 3, embed_dim none, num_heads none",
    ],
  },
  {
    what: "RoPE of another width than the heads",
    node: withAttention("generic-attention", {
      rope: { pos_embed: "transformer-trunk/rope", context_length: 4, head_dim: 8 },
    }),
    given: () => ({ x: zeros(2, 3, 8) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target.rope", "heads of width 8", "queries float32[2,2,3,4]"],
  },
  {
    what: "an attention of another width than the trunk",
    node: { ...trunk, attn_target: { ...attn, dim: 16 } },
    given: () => ({ x: zeros(2, 3, 8) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "[...,16]", "float32[2,3,8]"],
  },
  {
    what: "a negative head width",
    node: withAttention("generic-attention", { head_dim: -1 }),
    error: ["L3M_BAD_OPTION", "model.attn_target.head_dim", "number >=0", "-1"],
  },
  {
    what: "a billion blocks",
    node: { ...trunk, num_blocks: 1e9 },
    error: ["L3M_BAD_OPTION", "model.num_blocks", "number <=10000", "1000000000"],
  },
  {
    what: "no key to read",
    node: { block: "core/generic-block", write_key: "y", module: "core/gelu" },
    error: ["L3M_BAD_OPTION", "model.read_key", "a DataDict key", "nothing"],
  },
];
