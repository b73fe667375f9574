/** Images, patches and patch masks. */
import { type BadCall, bools, ids, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const layer = (module: object | string) => ({ block: "core/generic-block", ...io, module });
const patch = { module: "vision-patchify/patch-embed", img_size: 32, patch_size: 16, embed_dim: 8 };
const vit = { block: "vision-patchify/vit-preprocessor", ...io, patchifier: patch };

export const VISION: readonly BadCall[] = [
  {
    what: "image channels",
    node: vit,
    given: () => ({ x: zeros(2, 4, 32, 32) }),
    error: ["L3M_BAD_SHAPE", "model.patchifier", "[B, C=3, H >= 16, W >= 16]", "float32[2,4,32,32]"],
  },
  {
    what: "image rank",
    node: vit,
    given: () => ({ x: zeros(3, 32, 32) }),
    error: ["L3M_BAD_SHAPE", "model.patchifier", "[B, C=3, H >= 16, W >= 16]", "float32[3,32,32]"],
  },
  {
    what: "image NHWC",
    node: vit,
    given: () => ({ x: zeros(2, 32, 32, 3) }),
    error: ["L3M_BAD_SHAPE", "model.patchifier", "[B, C=3, H >= 16, W >= 16]", "float32[2,32,32,3]"],
  },
  {
    what: "image too small",
    node: vit,
    given: () => ({ x: zeros(2, 3, 8, 8) }),
    error: ["L3M_BAD_SHAPE", "model.patchifier", "[B, C=3, H >= 16, W >= 16]", "float32[2,3,8,8]"],
  },
  {
    what: "image larger",
    node: { ...vit, pos_embed_type: "absolute" },
    given: () => ({ x: zeros(2, 3, 64, 64) }),
    error: ["L3M_BAD_SHAPE", "model", "at most 5 tokens", "17 tokens"],
  },
  {
    what: "image int",
    node: vit,
    given: () => ({ x: ids(2, 3, 32, 32) }),
    error: ["L3M_BAD_SHAPE", "model", "float32 [B, C, ...]", "int32[2,3,32,32]"],
  },
  {
    what: "patch larger than image",
    node: { ...vit, patchifier: { ...patch, patch_size: 64 } },
    error: ["L3M_BAD_OPTION", "model.patchifier.patch_size", "at most img_size = 32", "64"],
  },
  {
    what: "patch zero",
    node: { ...vit, patchifier: { ...patch, patch_size: 0 } },
    error: ["L3M_BAD_OPTION", "model.patchifier.patch_size", "number >0", "0"],
  },
  {
    what: "patch tuple 3",
    node: { ...vit, patchifier: { ...patch, patch_size: [4, 4, 4] } },
    error: ["L3M_BAD_OPTION", "model.patchifier.patch_size", "a positive number, or [height, width]", "[4,4,4]"],
  },
  {
    what: "patchifier linear",
    node: { ...vit, patchifier: { module: "core/linear", in_features: 3, out_features: 8 } },
    error: [
      "L3M_BAD_OPTION",
      "model.patchifier",
      "a module with the facts embed_dim, num_patches and grid_size (2 or 3 axes)",
      "{}",
    ],
  },
  {
    what: "sincos width",
    node: { ...vit, pos_embed_type: "sincos", patchifier: { ...patch, embed_dim: 6 } },
    error: ["L3M_BAD_OPTION", "model.pos_embed_type", "embed_dim divisible by 4", "6"],
  },
  {
    what: "drop no count",
    node: { ...vit, drop_patches: true },
    given: () => ({ x: zeros(2, 3, 32, 32), mask: bools(2, 4) }),
    error: ["L3M_BAD_OPTION", "model.num_visible", "an integer from 1 to 4", "nothing"],
  },
  {
    what: "drop mask length",
    node: { ...vit, drop_patches: true, num_visible: 2 },
    given: () => ({ x: zeros(2, 3, 32, 32), mask: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "bool[2,4]", "bool[2,5]"],
  },
  {
    what: "drop mask batch",
    node: { ...vit, drop_patches: true, num_visible: 2 },
    given: () => ({ x: zeros(2, 3, 32, 32), mask: bools(3, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, P]", "bool[3,4]"],
  },
  {
    what: "drop count too large",
    node: { ...vit, drop_patches: true, num_visible: 9 },
    given: () => ({ x: zeros(2, 3, 32, 32), mask: bools(2, 4) }),
    error: ["L3M_BAD_OPTION", "model.num_visible", "an integer from 1 to 4", "9"],
  },
  {
    what: "drop mask float",
    node: { ...vit, drop_patches: true, num_visible: 2 },
    given: () => ({ x: zeros(2, 3, 32, 32), mask: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "bool [B=2, P]", "float32[2,4]"],
  },
  {
    what: "clip processor patchifier",
    node: {
      block: "vision-patchify/openai-clip-vit-processor",
      ...io,
      patchifier: { module: "core/linear", in_features: 3, out_features: 8 },
    },
    error: [
      "L3M_BAD_OPTION",
      "model.patchifier",
      "a module with the facts embed_dim, num_patches and grid_size (2 or 3 axes)",
      "{}",
    ],
  },
  {
    what: "clip image channels",
    node: { block: "vision-patchify/openai-clip-vit-processor", ...io, patchifier: patch },
    given: () => ({ x: zeros(2, 1, 32, 32) }),
    error: ["L3M_BAD_SHAPE", "model.patchifier", "[B, C=3, H >= 16, W >= 16]", "float32[2,1,32,32]"],
  },
  {
    what: "registers 0",
    node: { ...vit, block: "vision-patchify/vit-preprocessor-with-registers", num_registers: 0 },
    error: ["L3M_BAD_OPTION", "model.num_registers", "number >0", "0"],
  },
  {
    what: "range backwards",
    node: layer({ module: "vision-patchify/token-sub-sampler", subsample_range: [3, 1] }),
    given: () => ({ x: zeros(2, 4, 8) }),
    error: ["L3M_BAD_OPTION", "model.module.subsample_range", "a start that is not after the end", "[3,1]"],
  },
  {
    what: "sub sampler rank 1",
    node: layer({ module: "vision-patchify/token-sub-sampler", subsample_range: [0, 1] }),
    given: () => ({ x: zeros(4) }),
    error: ["L3M_BAD_SHAPE", "model.module", "[B, N, ...]", "float32[4]"],
  },
  {
    what: "prefix builder length",
    node: { block: "vision-patchify/prefix-attention-mask-builder", ...io, seq_len: 4 },
    given: () => ({ x: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, 4]", "bool[2,5]"],
  },
  {
    what: "prefix builder dtype",
    node: { block: "vision-patchify/prefix-attention-mask-builder", ...io, seq_len: 4 },
    given: () => ({ x: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "bool [B, N]", "float32[2,4]"],
  },
  {
    what: "multimodal length",
    node: { block: "vision-patchify/multimodal-decoder-mask-builder", ...io, num_patches: 4, num_text_tokens: 2 },
    given: () => ({ x: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, P=4]", "bool[2,5]"],
  },
  {
    what: "maybe causal rank",
    node: { block: "vision-patchify/maybe-causal-attention-mask-builder", ...io, seq_len: 4 },
    given: () => ({ x: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B]", "float32[2,4]"],
  },
];
