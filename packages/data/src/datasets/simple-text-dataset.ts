/** Texts from the Hugging Face hub, one line a sample. L tokens per text. */
import { defineDataset, type Sample, slot } from "@l3m/core";
import { z } from "zod";
import { HubTable } from "../hub/hub-table.ts";
import { hubOptions, hubSource, rowMaker, shortName } from "./hub-options.ts";
import type { PreparableDataset, PrepareProgress } from "./prepare-dataset.ts";

/** Samples `{ text: int32 [L], dataset_name }`. */
class SimpleTextDataset implements PreparableDataset {
  readonly #table: HubTable;
  readonly #name: string;
  readonly #rowOf: ReturnType<typeof rowMaker>;

  constructor(table: HubTable, name: string, rowOf: ReturnType<typeof rowMaker>) {
    this.#table = table;
    this.#name = name;
    this.#rowOf = rowOf;
  }

  prepare(progress?: PrepareProgress): Promise<void> {
    return this.#table.prepare(progress);
  }

  get length(): number {
    return this.#table.length;
  }

  get(index: number): Sample {
    const text = Buffer.from(this.#table.read(index, 0)).toString("utf8");
    return { text: this.#rowOf(text), dataset_name: this.#name };
  }
}

/** The dataset `data/simple-text-dataset`. Lines are not packed: an empty one is a row of padding. */
export const simpleTextDataset = defineDataset({
  name: "simple-text-dataset",
  summary: "Lines of a Hugging Face data set, downloaded on first use: samples { text }, one row each.",
  aliases: ["l3m.data.huggingface.text.SimpleTextDataset"],
  ignores: ["generators"], // ml-l3m takes them and never calls them
  options: z.strictObject(hubOptions("Salesforce/wikitext", "wikitext-103-v1")),
  slots: { tokenizer: slot("tokenizer") },
  build(options, context) {
    const table = new HubTable(hubSource(options), [options.text_column]);
    return new SimpleTextDataset(table, shortName(options.dataset), rowMaker(options.tokenizer, context));
  },
});
