/** `tokenizer_table`: texts to rows of ids and back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Tokenizer } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { Comparison, EXACT } from "../comparison.ts";
import type { Handler } from "../handler.ts";

/** A tokenizer of Hugging Face, or one that makes rows in the same way. */
interface RowTokenizer extends Tokenizer {
  rows(texts: readonly string[], call: Readonly<Record<string, unknown>>): number[][];
  decodeRows(rows: readonly (readonly number[])[]): string[];
}

interface Row {
  readonly call: Readonly<Record<string, unknown>>;
  readonly ids: readonly (readonly number[])[];
  readonly decoded: readonly string[];
}

/** Numbers that a case may state, and where the tokenizer has them; null = it has none. */
const FACTS = {
  vocab_size: "vocabSize",
  pad_token_id: "padId",
  eos_token_id: "eosId",
  image_token_id: "imageTokenId",
  eou_token_id: "eouTokenId",
} as const;

export const tokenizerTable: Handler = {
  builds: ({ target, options }) => [target, options],
  run({ target, options, fields }, { registry, compat }) {
    const comparison = new Comparison();
    const folder = mkdtempSync(join(tmpdir(), "l3m-golden-tokenizer-"));
    try {
      writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(fields["tokenizer_json"]));
      writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(fields["tokenizer_config"]));
      const node = { _target_: target, ...options, tokenizer_name: folder };
      const tokenizer = build(registry, "tokenizer", node, { compat }).product;
      invariant(isRowTokenizer(tokenizer), `${target} makes no rows`);
      for (const [field, fact] of Object.entries(FACTS)) {
        const got = Object.entries(tokenizer).find(([name]) => name === fact)?.[1];
        if (field in fields) comparison.value(field, got ?? null, fields[field], EXACT);
      }
      for (const [i, { call, ids, decoded }] of (fields["table"] as readonly Row[]).entries()) {
        const { max_length: maxLength, cut_max_seq_length: cutMaxSeqLength } = call;
        const rows = tokenizer.rows(fields["texts"] as readonly string[], { maxLength, cutMaxSeqLength });
        comparison.value(`table.${i}.ids`, rows, ids, EXACT);
        comparison.value(`table.${i}.decoded`, tokenizer.decodeRows(ids), decoded, EXACT);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return comparison;
  },
};

function isRowTokenizer(tokenizer: Tokenizer): tokenizer is RowTokenizer {
  return "rows" in tokenizer && "decodeRows" in tokenizer;
}
