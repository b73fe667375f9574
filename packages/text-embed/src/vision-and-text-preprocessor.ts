/** Images and text to one sequence, each by a block of its own. */
import { defineContainer, L3mError, type ReadWriteBlock, slot } from "@l3m/core";
import * as z from "zod";
import { mergeOptions, mergeVisionText } from "./merge-vision-text.ts";

export const visionAndTextPreprocessor = defineContainer({
  name: "vision-and-text-preprocessor",
  summary: "Runs a vision block and a text block, then joins their tokens as merge-vision-text does.",
  aliases: ["l3m.model.preprocessors.multimodal.VisionAndTextPreprocessor"],
  ignores: ["padding_side", "ignore_index"],
  options: z.strictObject(mergeOptions),
  slots: { vision_preprocessor: slot("block"), text_preprocessor: slot("block") },
  build({ vision_preprocessor, text_preprocessor, ...options }, context) {
    const vision = context.child("vision_preprocessor", vision_preprocessor);
    const text = context.child("text_preprocessor", text_preprocessor);
    const merge = context.child("", {
      definition: mergeVisionText,
      name: "text-embed/merge-vision-text",
      options: { ...options, ...context.keys, ids_key: keyOf(text.readKey), prompt_key: promptKey(text) },
      node: {},
      where: context.where,
      shared: false,
    });
    const children = [vision, text, merge];
    return {
      children,
      forward(dict, forward) {
        if (forward.generate && vision.readKey !== null && keyOf(vision.readKey) === keyOf(vision.writeKey))
          throw overwrites(keyOf(vision.readKey), context.where);
        return children.reduce((current, child) => child.forward(current, forward), dict);
      },
    };
  },
});

function keyOf(key: ReadWriteBlock["readKey"]): string | null {
  return typeof key === "string" ? key : (key?.[0] ?? null);
}

/** The key that a text block reads in generation mode, if it has such a port. */
function promptKey(text: ReadWriteBlock): string | null {
  return text.flow()?.reads.find(({ port }) => port === "prompt")?.key ?? null;
}

function overwrites(key: string | null, where: string): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: "In generation mode the vision block runs for every token, so it must not overwrite what it reads.",
    where: { path: `${where}.vision_preprocessor.write_key` },
    expected: "another key than its read_key",
    got: key ?? "the same key",
    fix: "Change the write_key of the vision block, and vision_read_key with it.",
  });
}
