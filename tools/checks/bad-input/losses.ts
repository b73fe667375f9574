/** Losses and the CLIP head. */
import { type BadCall, bools, ids, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const llm = { loss: "losses/llm-cross-entropy-loss", read_key: "logits" };
const raster = { loss: "losses/raster-pixel-loss", read_key: "p", patch_size: 4 };

export const LOSSES: readonly BadCall[] = [
  {
    what: "clip head width",
    node: { block: "clip-loss/clip-head", ...io, in_features: 8, out_features: 4 },
    given: () => ({ x: zeros(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "[..., D=8]", "float32[2,9]"],
  },
  {
    what: "clip head temperature",
    node: {
      block: "clip-loss/clip-head",
      ...io,
      in_features: 8,
      out_features: 4,
      apply_temperature: true,
      apply_l2_norm: false,
    },
    error: [
      "L3M_BAD_OPTION",
      "model.apply_temperature",
      "apply_l2_norm: true next to apply_temperature: true",
      "apply_l2_norm: false",
    ],
  },
  {
    what: "clip head temp 0",
    node: { block: "clip-loss/clip-head", ...io, in_features: 8, out_features: 4, init_temperature: 0 },
    error: ["L3M_BAD_OPTION", "model.init_temperature", "number >0", "0"],
  },
  {
    what: "clip head scale < 1",
    node: {
      block: "clip-loss/clip-head",
      ...io,
      in_features: 8,
      out_features: 4,
      apply_temperature: true,
      max_logit_scale: 0.5,
    },
    given: () => ({ x: zeros(2, 8) }),
    error: ["L3M_BAD_OPTION", "model.max_logit_scale", "number >=1", "0.5"],
  },
  {
    what: "clip loss batch",
    node: { loss: "clip-loss/clip-contrastive-loss" },
    given: () => ({ image_embed: zeros(2, 4), text_embed: zeros(3, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, E=4]", "float32[3,4]"],
  },
  {
    what: "clip loss width",
    node: { loss: "clip-loss/clip-contrastive-loss" },
    given: () => ({ image_embed: zeros(2, 4), text_embed: zeros(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, E=4]", "float32[2,5]"],
  },
  {
    what: "clip loss missing",
    node: { loss: "clip-loss/clip-contrastive-loss" },
    given: () => ({ image_embed: zeros(2, 4) }),
    error: ["L3M_MISSING_KEY", "model", '"text_embed" in the DataDict', "image_embed"],
  },
  {
    what: "llm lengths",
    node: llm,
    given: () => ({ logits: zeros(2, 4, 10), text: ids(2, 7) }),
    error: ["L3M_BAD_SHAPE", "model", "4 or 5 target ids for 4 positions", "logits [2,4,10] and targets [2,7]"],
  },
  {
    what: "llm rank",
    node: llm,
    given: () => ({ logits: zeros(2, 10), text: ids(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, L, V]", "float32[2,10]"],
  },
  {
    what: "llm dtype",
    node: llm,
    given: () => ({ logits: zeros(2, 4, 10), text: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "int32 [B=2, T]", "float32[2,4]"],
  },
  {
    what: "llm batch",
    node: llm,
    given: () => ({ logits: zeros(2, 4, 10), text: ids(3, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, T]", "int32[3,4]"],
  },
  {
    what: "llm label smoothing",
    node: { ...llm, label_smoothing: 2 },
    error: ["L3M_BAD_OPTION", "model.label_smoothing", "number <=1", "2"],
  },
  {
    what: "multi llm",
    node: { loss: "losses/multi-token-llm-cross-entropy-loss", read_key: "logits" },
    given: () => ({ logits: zeros(2, 4, 10), text: ids(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, L, K, V]", "float32[2,4,10]"],
  },
  {
    what: "mae image",
    node: { loss: "losses/mae-loss", read_key: "p", patch_size: 4 },
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 3, 9, 9), mask: bools(2, 4) }),
    error: [
      "L3M_BAD_SHAPE",
      "model",
      "[B, C, H, W] or [B, C, T, H, W] with H and W multiples of 4, T of 1",
      "[2,3,9,9]",
    ],
  },
  {
    what: "mae image other grid",
    node: { loss: "losses/mae-loss", read_key: "p", patch_size: 4 },
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 3, 12, 12), mask: bools(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "predictions [B,9,48]", "float32[2,4,48]"],
  },
  {
    what: "mae values",
    node: { loss: "losses/mae-loss", read_key: "p", patch_size: 4 },
    given: () => ({ p: zeros(2, 4, 50), image: zeros(2, 3, 8, 8), mask: bools(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "predictions [B,4,48]", "float32[2,4,50]"],
  },
  {
    what: "mae channels",
    node: { loss: "losses/mae-loss", read_key: "p", patch_size: 4 },
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 1, 8, 8), mask: bools(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, 3, S, S]", "float32[2,1,8,8]"],
  },
  {
    what: "mae mask",
    node: { loss: "losses/mae-loss", read_key: "p", patch_size: 4 },
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 3, 8, 8), mask: bools(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4]", "bool[2,5]"],
  },
  {
    what: "raster image",
    node: raster,
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 3, 9, 9) }),
    error: [
      "L3M_BAD_SHAPE",
      "model",
      "[B, C, H, W] or [B, C, T, H, W] with H and W multiples of 4, T of 1",
      "[2,3,9,9]",
    ],
  },
  {
    what: "raster values",
    node: raster,
    given: () => ({ p: zeros(2, 4, 50), image: zeros(2, 3, 8, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "predictions [B,M <= 4,48]", "float32[2,4,50]"],
  },
  {
    what: "raster count",
    node: raster,
    given: () => ({ p: zeros(2, 9, 48), image: zeros(2, 3, 8, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "predictions [B,M <= 4,48]", "float32[2,9,48]"],
  },
  {
    what: "raster mask",
    node: { ...raster, mask_read_key: "mask" },
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 3, 8, 8), mask: bools(2, 7) }),
    error: ["L3M_BAD_SHAPE", "model", "[2,4]", "bool[2,7]"],
  },
  {
    what: "discrete",
    node: { loss: "losses/raster-discrete-loss", read_key: "p" },
    given: () => ({ p: zeros(2, 4, 10), image: ids(2, 7) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4]", "int32[2,7]"],
  },
  {
    what: "discrete float",
    node: { loss: "losses/raster-discrete-loss", read_key: "p" },
    given: () => ({ p: zeros(2, 4, 10), image: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "int32 [B=2, N=4]", "float32[2,4]"],
  },
  {
    what: "ce rank",
    node: { loss: "losses/cross-entropy-loss" },
    given: () => ({ prediction: zeros(2, 3, 4), target: ids(2) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, C]", "float32[2,3,4]"],
  },
  {
    what: "ce batch",
    node: { loss: "losses/cross-entropy-loss" },
    given: () => ({ prediction: zeros(2, 4), target: ids(3) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2]", "int32[3]"],
  },
  {
    what: "ce float",
    node: { loss: "losses/cross-entropy-loss" },
    given: () => ({ prediction: zeros(2, 4), target: zeros(2) }),
    error: ["L3M_BAD_SHAPE", "model", "int32 [B=2]", "float32[2]"],
  },
  {
    what: "soft ce",
    node: { loss: "losses/soft-target-cross-entropy" },
    given: () => ({ prediction: zeros(2, 4), target: zeros(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "[..., C=4]", "float32[2,5]"],
  },
  {
    what: "mse",
    node: { loss: "losses/mse-loss" },
    given: () => ({ prediction: zeros(2, 4), target: zeros(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "target [2,4], as the prediction", "float32[2,5]"],
  },
  {
    what: "mse broadcast",
    node: { loss: "losses/mse-loss" },
    given: () => ({ prediction: zeros(2, 4), target: zeros(2, 1) }),
    error: ["L3M_BAD_SHAPE", "model", "target [2,4], as the prediction", "float32[2,1]"],
  },
  {
    what: "wrapper",
    node: { loss: "losses/loss-wrapper", read_key: "p", base_criterion: "losses/cross-entropy-loss" },
    given: () => ({ p: zeros(2, 4), target: ids(3) }),
    error: ["L3M_BAD_SHAPE", "model.base_criterion", "[B=2]", "int32[3]"],
  },
  {
    what: "wrapper missing",
    node: { loss: "losses/loss-wrapper", read_key: "p", base_criterion: "losses/cross-entropy-loss" },
    given: () => ({ p: zeros(2, 4) }),
    error: ["L3M_MISSING_KEY", "model", '"target" in the DataDict', "p"],
  },
  {
    what: "multi weights",
    node: { loss: "losses/multi-loss-wrapper", criteria: ["losses/mse-loss"], criteria_weights: [1, 2] },
    error: ["L3M_BAD_OPTION", "model.criteria_weights", "1 weights", "2"],
  },
  {
    what: "multi nan weight",
    node: { loss: "losses/multi-loss-wrapper", criteria: ["losses/mse-loss"], criteria_weights: [NaN] },
    error: ["L3M_BAD_OPTION", "model.criteria_weights.0", "number", "NaN"],
  },
  {
    what: "multihead no map",
    node: { loss: "losses/multi-head-loss-wrapper", read_key: "y", base_criterion: "losses/cross-entropy-loss" },
    given: () => ({ head: zeros(2, 4) }),
    error: ["L3M_MISSING_KEY", "model", "one map of tensors per head", "undefined"],
  },
  {
    what: "video frames",
    node: { loss: "losses/video-raster-pixel-loss", read_key: "p", patch_size: 4, t_size: 2, target_read_key: "video" },
    given: () => ({ p: zeros(2, 4, 96), video: zeros(2, 3, 3, 8, 8) }),
    error: [
      "L3M_BAD_SHAPE",
      "model",
      "[B, C, H, W] or [B, C, T, H, W] with H and W multiples of 4, T of 2",
      "[2,3,3,8,8]",
    ],
  },
  {
    what: "discrete block size",
    node: { loss: "losses/raster-discrete-loss", read_key: "p", block_size: 4 },
    given: () => ({ p: zeros(2, 4, 10), image: ids(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "more than block_size = 4 positions", "4"],
  },
  {
    what: "multi llm block size",
    node: { loss: "losses/multi-token-llm-cross-entropy-loss", read_key: "p", block_size: [4] },
    given: () => ({ p: zeros(2, 4, 1, 10), text: ids(2, 5) }),
    error: ["L3M_BAD_SHAPE", "model", "more than block_size = 4 positions", "4"],
  },
  {
    what: "scan pattern grid",
    node: {
      ...raster,
      autoregressive_pattern_getter: { function: "vision-patchify/get-spiral-permutation", grid_size: [2, 0] },
    },
    error: ["L3M_BAD_OPTION", "model.autoregressive_pattern_getter.grid_size.1", "number >0", "0"],
  },
  {
    what: "scan pattern other grid",
    node: {
      ...raster,
      autoregressive_pattern_getter: { function: "vision-patchify/get-spiral-permutation", grid_size: [3, 3] },
    },
    given: () => ({ p: zeros(2, 4, 48), image: zeros(2, 3, 8, 8) }),
    error: ["L3M_BAD_SHAPE", "model.autoregressive_pattern_getter", "a pattern of 4 cells", "one of 9"],
  },
];
