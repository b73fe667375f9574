/** Attention, transformer blocks and trunks. */
import { definePlugin } from "@l3m/core";
import { attention } from "./attention/attention.ts";
import { attentionWithMask } from "./attention/attention-with-mask.ts";
import { crossAttention } from "./attention/cross-attention.ts";
import { dclmAttention } from "./attention/dclm-attention.ts";
import { efficientAttention } from "./attention/efficient-attention.ts";
import { flexAttention } from "./attention/flex-attention.ts";
import { flexAttentionWithMask } from "./attention/flex-attention-with-mask.ts";
import { genericAttention } from "./attention/generic-attention.ts";
import { hfAttention } from "./attention/hf-attention.ts";
import { hfAttentionWithMask } from "./attention/hf-attention-with-mask.ts";
import { prefixCausalAttention } from "./attention/prefix-causal-attention.ts";
import { block } from "./blocks/block.ts";
import { decoderBlock } from "./blocks/decoder-block.ts";
import { rope } from "./pos-embed/rope.ts";
import { transformerDecoder } from "./trunks/transformer-decoder.ts";
import { transformer } from "./trunks/transformer.ts";

export { attention } from "./attention/attention.ts";
export { attentionWithMask } from "./attention/attention-with-mask.ts";
export { crossAttention } from "./attention/cross-attention.ts";
export { dclmAttention } from "./attention/dclm-attention.ts";
export { efficientAttention } from "./attention/efficient-attention.ts";
export { flexAttention } from "./attention/flex-attention.ts";
export { flexAttentionWithMask } from "./attention/flex-attention-with-mask.ts";
export { genericAttention } from "./attention/generic-attention.ts";
export { hfAttention } from "./attention/hf-attention.ts";
export { hfAttentionWithMask } from "./attention/hf-attention-with-mask.ts";
export { prefixCausalAttention } from "./attention/prefix-causal-attention.ts";
export { block } from "./blocks/block.ts";
export { decoderBlock } from "./blocks/decoder-block.ts";
export { rope } from "./pos-embed/rope.ts";
export { transformerDecoder } from "./trunks/transformer-decoder.ts";
export { transformer } from "./trunks/transformer.ts";
export { WEIGHT_INIT_STYLES, type WeightInitStyle } from "./trunks/weight-init.ts";

export default definePlugin({
  namespace: "transformer-trunk",
  provides: [
    rope,
    genericAttention,
    attention,
    efficientAttention,
    attentionWithMask,
    prefixCausalAttention,
    flexAttention,
    flexAttentionWithMask,
    dclmAttention,
    hfAttention,
    hfAttentionWithMask,
    crossAttention,
    block,
    decoderBlock,
    transformer,
    transformerDecoder,
  ],
});
