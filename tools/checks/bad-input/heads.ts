/** Heads, probes and pooling. */
import * as tf from "@l3m/core/tf";
import { type BadCall, bools, ids, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const pool = { block: "heads/attention-pooling-classifier", ...io, dim: 8, out_features: 3, num_heads: 2 };

export const HEADS: readonly BadCall[] = [
  {
    what: "classifier width",
    node: { block: "heads/linear-classifier", ...io, in_features: 8, out_features: 3 },
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "[..., D=8]", "float32[2,9]"],
  },
  {
    what: "classifier depth",
    node: {
      block: "heads/linear-classifier",
      ...io,
      in_features: 8,
      out_features: 3,
      weight_init_style: "fan_in_depth_scaled",
    },
    error: ["L3M_BAD_OPTION", "model.encoder_num_blocks", "the number of blocks", "nothing"],
  },
  {
    what: "pool heads",
    node: { ...pool, num_heads: 3 },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_OPTION", "model.num_heads", "a divisor of dim = 8", "3"],
  },
  {
    what: "heads of the simplified pooling",
    node: { ...pool, block: "heads/simplified-attention-pooling-classifier", num_heads: 3 },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_OPTION", "model.num_heads", "a divisor of dim = 8", "3"],
  },
  {
    what: "pool queries",
    node: { ...pool, create_queries: false, num_queries: 2 },
    error: ["L3M_BAD_OPTION", "model.num_queries", "1", "2"],
  },
  {
    what: "pool one token query",
    node: { ...pool, create_queries: false },
    given: () => ({ x: zeros(2, 1, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N, D] with N >= 2", "float32[2,1,8]"],
  },
  {
    what: "pool width",
    node: pool,
    given: () => ({ x: zeros(2, 4, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4, D=8]", "float32[2,4,9]"],
  },
  {
    what: "perceiver heads",
    node: { block: "heads/perceiver-resampler", ...io, dim: 8, num_heads: 3 },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_OPTION", "model.num_heads", "a divisor of dim = 8", "3"],
  },
  {
    what: "masked mean mask",
    node: { block: "heads/masked-mean", ...io, mask_read_key: "m" },
    given: () => ({ x: zeros(2, 4, 8), m: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4]", "bool[2,5]"],
  },
  {
    what: "gap rank",
    node: { block: "heads/gap", ...io },
    given: () => ({ x: zeros(2) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N, ...]", "float32[2]"],
  },
  {
    what: "average layers",
    node: { block: "heads/average-last-n-layers", ...io, layers: [4] },
    given: () => ({ x: zeros(2, 4, 8), x_trunk: [zeros(2, 4, 8)] }),
    error: ["L3M_BAD_OPTION", "model.layers", "-1 to 0", "4"],
  },
  {
    what: "average no list",
    node: { block: "heads/average-last-n-layers", ...io, layers: [0] },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_MISSING_KEY", "model", '"x_trunk" in the DataDict', "x"],
  },
  {
    what: "average not list",
    node: { block: "heads/average-last-n-layers", ...io, layers: [0] },
    given: () => ({ x: zeros(2, 4, 8), x_trunk: zeros(2, 4, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "a list of tensors", "float32[2,4,8]"],
  },
  {
    what: "weighted tokens",
    node: { block: "heads/weighted-average-pooling", ...io, num_tokens: 3 },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=3, D]", "float32[2,4,8]"],
  },
  {
    what: "extract cls rank",
    node: { block: "heads/extract-cls", ...io },
    given: () => ({ x: zeros(2) }),
    error: ["L3M_BAD_SHAPE", "model", "at least 2 dimensions", "float32[2]"],
  },
  {
    what: "extract eos",
    node: { block: "heads/extract-eos", ...io },
    given: () => ({ x: zeros(2, 4, 8), text: ids(2, 6) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4]", "int32[2,6]"],
  },
  {
    what: "probe grid",
    node: {
      block: "heads/probe-hparam-search-wrapper",
      ...io,
      lr_grid: [],
      head: { block: "heads/linear-classifier", read_key: "x", write_key: "y", in_features: 8, out_features: 3 },
    },
    error: ["L3M_BAD_OPTION", "model.lr_grid", "array >=1 items", "[]"],
  },
  {
    what: "transformer classifier heads",
    node: {
      block: "heads/transformer-classifier",
      ...io,
      in_features: 8,
      out_features: 3,
      attn_target: { attention: "transformer-trunk/efficient-attention", dim: 8, num_heads: 3 },
    },
    error: ["L3M_BAD_OPTION", "model.attn_target.num_heads", "a divisor of dim = 8", "3"],
  },
  {
    what: "tied to nothing",
    node: { block: "heads/tied-classifier", ...io, tied_to: "embedding.weight" },
    error: [
      "L3M_BAD_OPTION",
      "model",
      "the full name of a parameter of a block that stands earlier in the model",
      "embedding.weight",
    ],
  },
  {
    what: "select mask",
    node: { block: "heads/select-tokens-with-mask", ...io, mask_read_key: "m" },
    given: () => ({ x: zeros(2, 4, 8), m: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4, ...]", "bool[2,5]"],
  },
  {
    what: "select uneven",
    node: { block: "heads/select-tokens-with-mask", ...io, mask_read_key: "m" },
    given: () => ({
      x: zeros(2, 2, 8),
      m: tf.tensor2d(
        [
          [1, 0],
          [1, 1],
        ],
        [2, 2],
        "bool",
      ),
    }),
    error: ["L3M_BAD_SHAPE", "model", "1 in every sample", "1, 2"],
  },
  {
    what: "select axis",
    node: { block: "heads/select-tokens", ...io, start: 0, dim: 3 },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "at least 4 dimensions", "float32[2,4,8]"],
  },
];
