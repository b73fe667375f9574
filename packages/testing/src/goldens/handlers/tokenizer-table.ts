/** `tokenizer_table`: texts to rows of ids and back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Tokenizer } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { Comparison, EXACT } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";

/** A tokenizer of Hugging Face, or one that makes rows in the same way. */
interface RowTokenizer extends Tokenizer {
  rows(texts: readonly string[], call?: Readonly<Record<string, unknown>>): number[][];
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
      const node = { _target_: target, ...options, ...writeVocabulary(folder, fields) };
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
        const texts = isClip(fields) ? ids.map((row) => tokenizer.decode(row)) : tokenizer.decodeRows(ids); // CLIP's were recorded with their special tokens
        comparison.value(`table.${i}.decoded`, texts, decoded, EXACT);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return comparison;
  },
};

/** Writes the files of a vocabulary; returns the option that names them. */
function writeVocabulary(folder: string, fields: GoldenCase["fields"]): Readonly<Record<string, string>> {
  if (isClip(fields)) {
    const file = join(folder, "merges.txt.gz");
    writeFileSync(file, gzipSync(["#version", ...(fields["merge_lines"] as readonly string[])].join("\n")));
    return { bpe_path: file };
  }
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(fields["tokenizer_json"]));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(fields["tokenizer_config"]));
  return { tokenizer_name: folder };
}

/** A case of CLIP's tokenizer, which has merges instead of a tokenizer.json. */
function isClip(fields: GoldenCase["fields"]): boolean {
  return fields["merge_lines"] !== undefined;
}

function isRowTokenizer(tokenizer: Tokenizer): tokenizer is RowTokenizer {
  return "rows" in tokenizer && "decodeRows" in tokenizer;
}
