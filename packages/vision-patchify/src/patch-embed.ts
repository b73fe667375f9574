/** Patch embedding with a convolution's weight. D width, C channels, K = C * patch height * patch width. */
import { defineModule, maybeSlot } from "@l3m/core";
import { linear } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";
import { heightWidth } from "./patch-grid.ts";
import { patchifier, patchOptions } from "./patchifier.ts";

export const patchEmbed = defineModule({
  name: "patch-embed",
  summary:
    "Image [B, C, H, W] to patch tokens [B, P, D]: a convolution whose stride is its kernel, as one matrix product.",
  aliases: ["l3m.model.preprocessors.vision.PatchEmbed"],
  positional: ["img_size", "patch_size", "in_chans", "embed_dim", "norm_layer", "use_bias"],
  options: z.strictObject(patchOptions),
  slots: { norm_layer: maybeSlot("norm") },
  build({ norm_layer, ...options }, context) {
    const { in_chans: C, embed_dim: D, use_bias } = options;
    const [ph, pw] = heightWidth(options.patch_size);
    const K = C * ph * pw;
    const init = { kind: "linear-default", fan_in: K } as const;
    const proj = context.scope("proj");
    const weight = proj.param("weight", [D, C, ph, pw], {
      init,
      axes: ["embed", "channel", "height", "width"],
      role: "conv.weight",
    });
    const bias = use_bias ? proj.param("bias", [D], { init, axes: ["embed"], role: "conv.bias" }) : undefined;
    return patchifier(context, {
      options,
      norm_layer,
      apply: (patches_BPK) => linear(patches_BPK, tf.reshape(weight.value, [D, K]), bias?.value),
    });
  },
});
