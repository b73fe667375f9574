/** Calls of trunks, attentions and decoders. */
import { type BadCall, bools, ids, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const attn = { attention: "transformer-trunk/generic-attention", dim: 8, num_heads: 2 };
const trunk = { block: "transformer-trunk/transformer", ...io, embed_dim: 8, num_blocks: 1, attn_target: attn };
const masked = { ...trunk, self_attn_mask_read_key: "mask" };
const withAttention = (name: string, o: object = {}) => ({
  ...trunk,
  attn_target: { attention: `transformer-trunk/${name}`, dim: 8, num_heads: 2, ...o },
});
const dec = {
  block: "transformer-trunk/simple-decoder",
  ...io,
  attn_target: attn,
  input_dim: 8,
  embed_dim: 8,
  output_dim: 12,
  num_layers: 1,
  patch_size: 4,
  image_size: 8,
};

export const TRANSFORMER: readonly BadCall[] = [
  {
    what: "tokens width",
    node: trunk,
    given: () => ({ x: zeros(2, 3, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=3, D=8]", "float32[2,3,9]"],
  },
  {
    what: "tokens rank",
    node: trunk,
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N, D=8]", "float32[2,8]"],
  },
  {
    what: "tokens absent",
    node: trunk,
    given: () => ({ tokens: zeros(2, 3, 8) }),
    error: ["L3M_MISSING_KEY", "model", '"x" in the DataDict', "tokens"],
  },
  {
    what: "tokens not a tensor",
    node: trunk,
    given: () => ({ x: "text" }),
    error: ["L3M_BAD_SHAPE", "model", "a tensor [B, N, D=8]", "string"],
  },
  {
    what: "positions rank",
    node: trunk,
    given: () => ({ x: zeros(2, 3, 8), position_ids: ids(3) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=3]", "int32[3]"],
  },
  {
    what: "positions float",
    node: trunk,
    given: () => ({ x: zeros(2, 3, 8), position_ids: zeros(2, 3) }),
    error: ["L3M_BAD_SHAPE", "model", "int32 [B=2, N=3]", "float32[2,3]"],
  },
  {
    what: "positions length",
    node: trunk,
    given: () => ({ x: zeros(2, 3, 8), position_ids: ids(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=3]", "int32[2,4]"],
  },
  {
    what: "mask rank 2",
    node: masked,
    given: () => ({ x: zeros(2, 3, 8), mask: bools(2, 3) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool or float32 [B=2, N=3, N=3]", "bool[2,3]"],
  },
  {
    what: "mask rank 4",
    node: masked,
    given: () => ({ x: zeros(2, 3, 8), mask: bools(2, 1, 3, 3) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool or float32 [B=2, N=3, N=3]", "bool[2,1,3,3]"],
  },
  {
    what: "mask tokens",
    node: masked,
    given: () => ({ x: zeros(2, 3, 8), mask: bools(2, 4, 4) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool or float32 [B=2, N=3, N=3]", "bool[2,4,4]"],
  },
  {
    what: "mask batch",
    node: masked,
    given: () => ({ x: zeros(2, 3, 8), mask: bools(3, 3, 3) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool or float32 [B=2, N=3, N=3]", "bool[3,3,3]"],
  },
  {
    what: "mask int",
    node: masked,
    given: () => ({ x: zeros(2, 3, 8), mask: ids(2, 3, 3) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool or float32 [B=2, N=3, N=3]", "int32[2,3,3]"],
  },
  {
    what: "mask and causal",
    node: { ...masked, attn_target: { ...attn, is_causal: true } },
    given: () => ({ x: zeros(2, 3, 8), mask: bools(2, 3, 3) }),
    error: [
      "L3M_BAD_OPTION",
      "model.attn_target",
      "is_causal: false, or no mask",
      "is_causal: true and a mask bool[2,3,3]",
    ],
  },
  {
    what: "mask absent required",
    node: withAttention("attention-with-mask"),
    given: () => ({ x: zeros(2, 3, 8) }),
    error: ["L3M_MISSING_KEY", "model.attn_target", "a mask", "none"],
  },
  {
    what: "prefix mask rank",
    node: { ...withAttention("prefix-causal-attention"), self_attn_mask_read_key: "mask" },
    given: () => ({ x: zeros(2, 3, 8), mask: bools(2, 3, 3) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool [B=2, N=3]", "bool[2,3,3]"],
  },
  {
    what: "prefix mask tokens",
    node: { ...withAttention("prefix-causal-attention"), self_attn_mask_read_key: "mask" },
    given: () => ({ x: zeros(2, 3, 8), mask: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool [B=2, N=3]", "bool[2,5]"],
  },
  {
    what: "prefix mask batch",
    node: { ...withAttention("prefix-causal-attention"), self_attn_mask_read_key: "mask" },
    given: () => ({ x: zeros(2, 3, 8), mask: bools(4, 3) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "bool [B=2, N=3]", "bool[4,3]"],
  },
  {
    what: "cross attention in encoder",
    node: withAttention("cross-attention", { encoder_dim: 8 }),
    given: () => ({ x: zeros(2, 3, 8) }),
    error: ["L3M_BAD_SHAPE", "model.attn_target", "keys [B, M, encoder_dim]", "no keys"],
  },
  {
    what: "decoder encoder dim",
    node: {
      block: "transformer-trunk/transformer-decoder",
      ...io,
      embed_dim: 8,
      num_blocks: 1,
      encoder_output_key: "e",
      self_attn_target: attn,
      cross_attn_target: { attention: "transformer-trunk/cross-attention", dim: 8, encoder_dim: 8, num_heads: 2 },
    },
    given: () => ({ x: zeros(2, 3, 8), e: zeros(2, 3, 9) }),
    error: ["L3M_BAD_SHAPE", "model.cross_attn_target", "[...,8]", "float32[2,3,9]"],
  },
  {
    what: "decoder batch",
    node: {
      block: "transformer-trunk/transformer-decoder",
      ...io,
      embed_dim: 8,
      num_blocks: 1,
      encoder_output_key: "e",
      self_attn_target: attn,
      cross_attn_target: { attention: "transformer-trunk/cross-attention", dim: 8, encoder_dim: 8, num_heads: 2 },
    },
    given: () => ({ x: zeros(2, 3, 8), e: zeros(3, 3, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, M, E]", "float32[3,3,8]"],
  },
  {
    what: "simple decoder width",
    node: dec,
    given: () => ({ x: zeros(2, 4, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4, I=8]", "float32[2,4,9]"],
  },
  {
    what: "simple decoder tokens",
    node: dec,
    given: () => ({ x: zeros(2, 5, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "at most 4 tokens", "5 tokens"],
  },
  {
    what: "simple decoder skip",
    node: { ...dec, skip_projection: true, input_dim: 16 },
    error: ["L3M_BAD_OPTION", "model.skip_projection", "embed_dim = input_dim = 16", "embed_dim = 8"],
  },
  {
    what: "simple decoder patch > image",
    node: { ...dec, image_size: 2 },
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_OPTION", "model.patch_size", "at most image_size = 2", "4"],
  },
  {
    what: "simple decoder insert small mask",
    node: { ...dec, insert_mask: true },
    given: () => ({ x: zeros(2, 4, 8), mask: bools(2, 3) }),
    error: ["L3M_BAD_SHAPE", "model", "a bool mask [2, P] with 4 false entries in each row", "bool[2,3]"],
  },
  {
    what: "simple decoder insert mask long",
    node: { ...dec, insert_mask: true },
    given: () => ({ x: zeros(2, 2, 8), mask: bools(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "at most 4 tokens", "9 tokens"],
  },
  {
    what: "simple decoder odd width",
    node: { ...dec, embed_dim: 6, attn_target: { ...attn, dim: 6 } },
    error: ["L3M_BAD_OPTION", "model.embed_dim", "a multiple of 4", "6"],
  },
  {
    what: "mae decoder",
    node: {
      block: "core/generic-block",
      ...io,
      module: {
        module: "transformer-trunk/mae-decoder",
        attn_target: attn,
        input_dim: 8,
        embed_dim: 8,
        output_dim: 12,
        num_layers: 1,
        patch_size: 4,
        image_size: 8,
      },
    },
    given: () => ({ x: zeros(2, 3, 8) }),
    error: ["L3M_MISSING_KEY", "model.module", "an input mask, bool [B, P]", "none"],
  },
  {
    what: "a block at a place that does not exist",
    node: {
      ...trunk,
      block: "transformer-trunk/non-monolithic-transformer-ffn",
      layer: [{ module: "transformer-trunk/block", layers: [1] }],
    },
    error: [
      "L3M_BAD_OPTION",
      "model.layer",
      "a block at every place from 0 to num_blocks - 1 = 0",
      "nothing at 0, something at 1",
    ],
  },
  {
    what: "no block at a place",
    node: { ...trunk, block: "transformer-trunk/non-monolithic-transformer-ffn", layer: [] },
    error: ["L3M_BAD_OPTION", "model.layer", "a block at every place from 0 to num_blocks - 1 = 0", "nothing at 0"],
  },
];
