/** A patch decoder whose targets are discrete: it also turns the image into token ids. B batch, P patches, S ids per image. */
import { defineBlock, fromOption, read, slot, write } from "@l3m/core";
import { detach } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";
import {
  decodesTokens,
  SIMPLE_DECODER_IGNORES,
  simpleDecoderOptions,
  simpleDecoderPorts,
  simpleDecoderSlots,
} from "./simple-decoder.ts";

/**
 * `simple-decoder`, and the image's ids `[B, S]` in place of its pixels for the loss. The tokenizer is any module from images to
 * ids that takes an option `img_size` from here; it is frozen, runs in eval mode and passes no gradient (Bao et al. 2022, 2.2).
 */
export const discreteDecoder = defineBlock({
  name: "discrete-decoder",
  summary: "Decoder over patch tokens; a frozen tokenizer replaces the image by its discrete ids, the targets.",
  aliases: ["l3m.model.heads.simple_decoder.DiscreteDecoder"],
  ignores: SIMPLE_DECODER_IGNORES,
  options: z.strictObject({
    ...simpleDecoderOptions,
    tokenizer_img_size: z.int().positive().default(112).describe("Option img_size of the tokenizer."),
    image_key: z.string().default("image").describe("Key of the images [B, C, H, W]; their ids [B, S] replace them."),
  }),
  slots: { ...simpleDecoderSlots, tokenizer: slot("module") },
  ports: {
    ...simpleDecoderPorts,
    image: read(fromOption("image_key"), "B ..."),
    ids: write(fromOption("image_key"), "B S"),
  },
  build({ tokenizer: ref, ...given }, context) {
    const decode = decodesTokens(given, context);
    const tokenizer = context.child("tokenizer", ref, { img_size: given.tokenizer_img_size });
    context.scope("tokenizer").freeze();
    return {
      forward({ image, ...inputs }, forward) {
        const predictions = decode(inputs, forward);
        const tokenizing = context.compat ? forward : { ...forward, train: false }; // ml-l3m: trains along with the model
        const ids = detach(tokenizer.forward(detach(image), tokenizing));
        return { predictions, ids: tf.reshape(ids, [ids.shape[0] ?? 0, -1]) };
      },
    };
  },
});
