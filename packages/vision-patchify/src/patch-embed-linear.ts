/** Patch embedding with a linear layer's weight. D width, K = channels * patch height * patch width. */
import { defineModule, type Initializer, maybeSlot, ZEROS } from "@l3m/core";
import { linearParams } from "@l3m/core/nn";
import * as z from "zod";
import { heightWidth } from "./patch-grid.ts";
import { patchifier, patchOptions } from "./patchifier.ts";

const options = z.strictObject({
  ...patchOptions,
  weight_init_style: z
    .enum(["trunc_normal", "kaiming", "fan_in", "pytorch"])
    .default("pytorch")
    .describe(
      "trunc_normal: N(0, init_std^2) cut at +-2; kaiming and fan_in: N(0, 1/K); pytorch: U(-1/sqrt(K), 1/sqrt(K)).",
    ),
  init_std: z.number().positive().default(0.02).describe("Standard deviation of trunc_normal."),
});

type Style = z.infer<typeof options>["weight_init_style"];

export const patchEmbedLinear = defineModule({
  name: "patch-embed-linear",
  summary:
    "Image [B, C, H, W] to patch tokens [B, P, D] by a linear layer on patch vectors laid out (channel, row, column).",
  aliases: ["l3m.model.preprocessors.vision.PatchEmbedLinear"],
  positional: [
    "img_size",
    "patch_size",
    "in_chans",
    "embed_dim",
    "norm_layer",
    "use_bias",
    "weight_init_style",
    "init_std",
  ],
  options,
  slots: { norm_layer: maybeSlot("norm") },
  build({ norm_layer, ...options }, context) {
    const [ph, pw] = heightWidth(options.patch_size);
    const K = options.in_chans * ph * pw;
    const apply = linearParams(context, "proj", {
      in: K,
      out: options.embed_dim,
      bias: options.use_bias,
      init: weightInit(options.weight_init_style, K, options.init_std),
      biasInit: ZEROS,
      axes: ["embed", "patch"],
    });
    return patchifier(context, { options, norm_layer, apply });
  },
});

function weightInit(style: Style, fan_in: number, std: number): Initializer {
  switch (style) {
    case "trunc_normal":
      return { kind: "trunc-normal", std };
    case "kaiming":
    case "fan_in":
      return { kind: "variance-scaling", scale: 1, fan_in, truncated: false };
    case "pytorch":
      return { kind: "linear-default", fan_in };
  }
}
