/** Images to the token sequence of a vision transformer. B batch, P patches, N tokens, D width. */
import {
  type BuildContext,
  defineBlock,
  type ForwardContext,
  fromOption,
  fromPort,
  maybeRead,
  maybeReadValue,
  type PortInputs,
  read,
  type SlotRef,
  write,
} from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { patchSequence, patchSequenceOptions, patchSequenceSlots } from "./patch-sequence.ts";
import { visibleCount, visiblePatches } from "./visible-patches.ts";

/** Read ports of preprocessors that can leave patches out. */
export const maskedImagePorts = {
  image: read(null, "B C ...", { dtype: "float32" }),
  mask: maybeRead(fromOption("attn_mask_read_key"), "B P", { dtype: "bool" }),
  num_visible: maybeReadValue(fromPort("mask", "_num_visible")),
};

const optionSchema = z.strictObject(patchSequenceOptions);

export interface VitSequence {
  readonly embed_dim: number;
  /** Tokens `[B, N, D]`: class token, then the patches that remain. */
  embed(inputs: PortInputs<typeof maskedImagePorts>, context: ForwardContext): Tensor;
}

/** Declares everything of a ViT preprocessor and returns its forward pass. */
export function vitSequence(
  options: z.infer<typeof optionSchema> & { readonly patchifier: SlotRef<"module"> },
  context: BuildContext,
): VitSequence {
  const sequence = patchSequence(context, options);
  return {
    embed_dim: sequence.facts.embed_dim,
    embed({ image, mask, num_visible }, forward) {
      const patches_BPD = sequence.patchifier.forward(image, forward);
      const tokens_BND = sequence.addPositions(sequence.prependCls(patches_BPD));
      if (!options.drop_patches || mask === undefined) return tokens_BND;
      const count = visibleCount(num_visible, options.num_visible, mask, context.where);
      return visiblePatches(tokens_BND, mask, { hasCls: options.cls_token, count, where: context.where });
    },
  };
}

export const vitPreprocessor = defineBlock({
  name: "vit-preprocessor",
  summary: "Patch tokens with a class token and positions; masked patches can be left out (Dosovitskiy et al. 2021).",
  aliases: ["l3m.model.preprocessors.vision.ViTPreprocessor"],
  positional: ["patchifier", "pos_embed_type", "drop_patches", "cls_token", "attn_mask_read_key"],
  options: optionSchema,
  slots: patchSequenceSlots,
  ports: { ...maskedImagePorts, tokens: write(null, "B N D") },
  build(options, context) {
    const { embed } = vitSequence(options, context);
    return { forward: (inputs, forward) => ({ tokens: embed(inputs, forward) }) };
  },
});
