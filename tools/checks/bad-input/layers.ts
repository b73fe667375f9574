/** Layers of core and mixtures of experts. */
import * as tf from "@l3m/core/tf";
import { type BadCall, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const layer = (module: object | string) => ({ block: "core/generic-block", ...io, module });
const attn = { attention: "transformer-trunk/generic-attention", dim: 8, num_heads: 2 };
const trunk = { block: "transformer-trunk/transformer", ...io, embed_dim: 8, num_blocks: 1, attn_target: attn };
const moeTrunk = (o: object) => ({ ...trunk, ffn_target: { ffn: "moe/moe", num_experts: 2, ...o } });

export const LAYERS: readonly BadCall[] = [
  {
    what: "moe top_k",
    node: moeTrunk({ top_k: 3 }),
    error: ["L3M_BAD_OPTION", "model.ffn_target.top_k", "at most num_experts = 2", "3"],
  },
  {
    what: "moe experts 0",
    node: moeTrunk({ num_experts: 0 }),
    error: ["L3M_BAD_OPTION", "model.ffn_target.num_experts", "number >0", "0"],
  },
  {
    what: "moe jitter",
    node: moeTrunk({ router_jitter_eps: 2 }),
    error: ["L3M_BAD_OPTION", "model.ffn_target.router_jitter_eps", "number <=1", "2"],
  },
  {
    what: "moe capacity neg",
    node: moeTrunk({ moe_class: "moe", capacity_factor: -1 }),
    error: ["L3M_BAD_OPTION", "model.ffn_target.capacity_factor", "number >=0", "-1"],
  },
  {
    what: "moe width",
    node: {
      block: "core/generic-block",
      ...io,
      module: { ffn: "moe/expert-layer", hidden_size: 8, ffn_hidden_size: 16 },
    },
    given: () => ({ x: zeros(2, 3, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,3,9]"],
  },
  {
    what: "a balancing loss without experts",
    node: { loss: "moe/load-balancing-loss" },
    given: () => ({}),
    train: true,
    error: ["L3M_BAD_OPTION", "model", "a model with a mixture-of-experts layer", "none"],
  },
  {
    what: "linear width",
    node: layer({ module: "core/linear", in_features: 8, out_features: 4 }),
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,9]"],
  },
  {
    what: "linear width dividing",
    node: layer({ module: "core/linear", in_features: 8, out_features: 4 }),
    given: () => ({ x: zeros(4, 6) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[4,6]"],
  },
  {
    what: "mlp width",
    node: layer({ ffn: "core/mlp", in_features: 8 }),
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,9]"],
  },
  {
    what: "swiglu width",
    node: layer({ ffn: "core/swi-glu-ffn", in_features: 8, hidden_features: 8 }),
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,9]"],
  },
  {
    what: "gated no act",
    node: layer({ ffn: "core/gated-ffn", in_features: 8, hidden_features: 8 }),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_OPTION", "model.module.act_layer", "activation", "nothing"],
  },
  {
    what: "layer norm width",
    node: layer({ norm: "core/layer-norm", normalized_shape: 8 }),
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,9]"],
  },
  {
    what: "layer norm rank",
    node: layer({ norm: "core/layer-norm", normalized_shape: [4, 8] }),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,4,8]", "float32[2,8]"],
  },
  {
    what: "rms norm width",
    node: layer({ norm: "core/rms-norm", dim: 8 }),
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,9]"],
  },
  {
    what: "eps negative",
    node: layer({ norm: "core/layer-norm", normalized_shape: 8, eps: -1 }),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_OPTION", "model.module.eps", "number >0", "-1"],
  },
  {
    what: "adapter width",
    node: layer({ module: "core/adapter", embed_dim: 8, adapter_hidden_dim: 2 }),
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[...,8]", "float32[2,9]"],
  },
  {
    what: "sequential widths",
    node: layer({
      module: "core/generic-sequential",
      layers: [
        { module: "core/linear", in_features: 8, out_features: 4 },
        { module: "core/linear", in_features: 5, out_features: 4 },
      ],
    }),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_SHAPE", "model.module.layers.1", "[...,5]", "float32[2,4]"],
  },
  {
    what: "dropout p",
    node: layer({ module: "core/dropout", p: 2 }),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_OPTION", "model.module.p", "number <=1", "2"],
  },
  {
    what: "linear zero",
    node: layer({ module: "core/linear", in_features: 0, out_features: 4 }),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_OPTION", "model.module.in_features", "number >0", "0"],
  },
  {
    what: "rope as module",
    node: layer("transformer-trunk/rope"),
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_WRONG_KIND", "model.module", "module or norm or activation or ffn or attention", "pos-embed"],
  },
  {
    what: "an order of models that do not exist",
    node: { block: "core/in-series-meta-models", models: { a: trunk }, order: ["b"] },
    error: ["L3M_BAD_OPTION", "model.order", "a permutation of a", "b"],
  },
  {
    what: "shuffle prob",
    node: { block: "core/shuffle-batch-dim", ...io, shuffling_probability: 1, seed: 0 },
    error: ["L3M_BAD_OPTION", "model.shuffling_probability", "number <1", "1"],
  },
  {
    what: "shuffle scalar",
    node: { block: "core/shuffle-batch-dim", ...io, shuffling_probability: 0.5, seed: 0 },
    given: () => ({ x: tf.scalar(1) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, ...]", "float32[]"],
  },
  {
    what: "multi block str",
    node: { block: "core/multi-block", blocks: "x" },
    error: ["L3M_BAD_OPTION", "model.blocks", "a list", "string"],
  },
];
