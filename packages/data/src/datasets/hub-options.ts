/** Options of data sets that come from the Hugging Face hub. */
import { type BuildContext, type SlotRef, type Tokenizer } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import type { HubSource } from "../hub/hub-table.ts";

/** Which split of which data set; the defaults are upstream's. */
export function hubOptions(dataset: string, config: string) {
  return {
    dataset: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/, "<owner>/<name>")
      .default(dataset)
      .describe("Data set of the hub."),
    config: z.string().min(1).default(config).describe("Part of the data set; default where it has none."),
    split: z.string().min(1).default("train").describe("Split; upstream reads train for validation too."),
    revision: z
      .string()
      .min(1)
      .default("main")
      .describe("Branch, tag or commit; a branch is what it was at the first download."),
    text_column: z.string().min(1).default("text").describe("Column of the texts."),
  };
}

/** The source that validated options name. */
export function hubSource({ dataset, config, split, revision }: HubSource): HubSource {
  return { dataset, config, split, revision };
}

/** The name of a data set without its owner, which its samples carry. */
export function shortName(dataset: string): string {
  return dataset.slice(dataset.indexOf("/") + 1);
}

/** What makes an int32 row `[L]` of a text. Throws `L3M_BAD_OPTION` for a tokenizer without a row length. */
export function rowMaker(
  ref: SlotRef<"tokenizer">,
  context: BuildContext,
): (text: string) => { readonly data: Int32Array; readonly shape: readonly number[] } {
  const tokenizer: Tokenizer = context.child("tokenizer", ref);
  if (tokenizer.rows === undefined) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: `The tokenizer "${ref.name}" makes no rows of one length.`,
      where: { path: `${context.where}.tokenizer` },
      expected: "a tokenizer with a context_length: data/hf-tokenizer or data/simple-tokenizer",
      got: ref.name,
      fix: "Use one of these, or a data set that packs or pads texts itself.",
    });
  }
  return (text) => {
    const row = tokenizer.rows?.([text])[0] ?? [];
    return { data: Int32Array.from(row), shape: [row.length] };
  };
}
