/** The registered tokenizer over {@link HuggingFaceTokenizer}. */
import { defineTokenizer } from "@l3m/core";
import { z } from "zod";
import { readHuggingFaceFiles } from "./hugging-face-files.ts";
import { HuggingFaceTokenizer } from "./hugging-face-tokenizer.ts";

/** The tokenizer `data/hf-tokenizer`. */
export const hfTokenizer = defineTokenizer({
  name: "hf-tokenizer",
  summary:
    "Any tokenizer.json of Hugging Face, with ml-l3m's cleaning of text. For packed text set lower_case and clean_text to false.",
  aliases: ["l3m.model.layers.tokenizers.HFTokenizer"],
  ignores: ["use_fast"],
  options: z.strictObject({
    tokenizer_name: z
      .string()
      .min(1)
      .describe("Folder or file relative to the config, or a hub id in Hugging Face's cache."),
    context_length: z.int().positive().default(77).describe("Length of rows."),
    padding_side: z.enum(["right", "left"]).default("right").describe("Where short rows are padded."),
    pad_token: z
      .string()
      .nullable()
      .default(null)
      .describe("eos_token, unk_token, or a token that is added; default the tokenizer's own."),
    add_eos_token: z.boolean().default(true).describe("End texts, unless the tokenizer's own post-processor decides."),
    add_image_token: z.boolean().default(false).describe("Add the special token <image>."),
    add_eou_token: z.boolean().default(false).describe("Add the special token <eou>."),
    lower_case: z.boolean().default(true).describe("Lower-case texts."),
    clean_text: z.boolean().default(true).describe("Repair encodings, resolve HTML entities, collapse white space."),
    max_seq_len: z.int().default(-1).describe("Above 0: longer rows keep their first columns and the last one."),
    cut_max_seq_length: z.boolean().default(false).describe("Rows as long as the longest text."),
  }),
  build(options, context) {
    const files = readHuggingFaceFiles(options.tokenizer_name, (path) => context.resolveFile(path));
    return new HuggingFaceTokenizer(files, {
      contextLength: options.context_length,
      paddingSide: options.padding_side,
      padToken: options.pad_token,
      addEosToken: options.add_eos_token,
      addImageToken: options.add_image_token,
      addEouToken: options.add_eou_token,
      lowerCase: options.lower_case,
      cleanText: options.clean_text,
      maxSeqLen: options.max_seq_len,
      cutMaxSeqLength: options.cut_max_seq_length,
    });
  },
});
