/** Attention, transformer blocks and trunks. */
import { definePlugin } from "@l3m/core";
import { crossAttention } from "./attention/cross-attention.ts";
import { efficientAttention } from "./attention/efficient-attention.ts";
import { genericAttention } from "./attention/generic-attention.ts";
import { block } from "./blocks/block.ts";
import { rope } from "./pos-embed/rope.ts";
import { transformer } from "./trunks/transformer.ts";

export { crossAttention } from "./attention/cross-attention.ts";
export { efficientAttention } from "./attention/efficient-attention.ts";
export { genericAttention } from "./attention/generic-attention.ts";
export { block } from "./blocks/block.ts";
export { rope } from "./pos-embed/rope.ts";
export { transformer } from "./trunks/transformer.ts";
export { WEIGHT_INIT_STYLES, type WeightInitStyle } from "./trunks/weight-init.ts";

export default definePlugin({
  namespace: "transformer-trunk",
  provides: [rope, genericAttention, efficientAttention, crossAttention, block, transformer],
});
