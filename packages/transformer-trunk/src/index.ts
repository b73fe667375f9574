/** Attention, transformer blocks, trunks and decoders. */
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
import { loraAttention } from "./attention/lora-attention.ts";
import { prefixCausalAttention } from "./attention/prefix-causal-attention.ts";
import { blockWithAdapter } from "./blocks/block-with-adapter.ts";
import { block } from "./blocks/block.ts";
import { decoderBlock } from "./blocks/decoder-block.ts";
import { discreteDecoder } from "./decoders/discrete-decoder.ts";
import { maeDecoder } from "./decoders/mae-decoder.ts";
import { simpleDecoder } from "./decoders/simple-decoder.ts";
import { rope } from "./pos-embed/rope.ts";
import { nonMonolithicTransformerFfn } from "./trunks/non-monolithic-transformer-ffn.ts";
import { tpWrapper } from "./trunks/tp-wrapper.ts";
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
export { loraAttention } from "./attention/lora-attention.ts";
export { prefixCausalAttention } from "./attention/prefix-causal-attention.ts";
export { blockWithAdapter } from "./blocks/block-with-adapter.ts";
export { block } from "./blocks/block.ts";
export { decoderBlock } from "./blocks/decoder-block.ts";
export { discreteDecoder } from "./decoders/discrete-decoder.ts";
export { maeDecoder } from "./decoders/mae-decoder.ts";
export { simpleDecoder } from "./decoders/simple-decoder.ts";
export { rope } from "./pos-embed/rope.ts";
export { nonMonolithicTransformerFfn } from "./trunks/non-monolithic-transformer-ffn.ts";
export { tpWrapper } from "./trunks/tp-wrapper.ts";
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
    loraAttention,
    crossAttention,
    block,
    blockWithAdapter,
    decoderBlock,
    transformer,
    nonMonolithicTransformerFfn,
    tpWrapper,
    transformerDecoder,
    simpleDecoder,
    discreteDecoder,
    maeDecoder,
  ],
});
