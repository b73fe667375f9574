/**
 * Hugging Face's `tokenizer.json` for byte-level BPE: reading with a check of every part that we rely on, and writing
 * in the layout that the `tokenizers` library writes itself.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { L3mError } from "@l3m/errors";
import { z } from "zod";

const byteLevel = z.looseObject({
  type: z.literal("ByteLevel"),
  add_prefix_space: z.boolean().default(true),
  use_regex: z.boolean().default(true),
});

const fileSchema = z.looseObject({
  added_tokens: z
    .array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean().default(false) }))
    .default([]),
  normalizer: z.null().optional(),
  pre_tokenizer: byteLevel,
  model: z.looseObject({
    type: z.literal("BPE"),
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(z.union([z.tuple([z.string(), z.string()]), z.string()])),
    continuing_subword_prefix: z.union([z.null(), z.literal("")]).optional(),
    end_of_word_suffix: z.union([z.null(), z.literal("")]).optional(),
    byte_fallback: z.literal(false).default(false),
    ignore_merges: z.boolean().default(false),
  }),
});

/** A byte-level BPE vocabulary. */
export interface BpeVocabulary {
  /** Token text (in byte characters) to id; special tokens included. */
  readonly vocab: ReadonlyMap<string, number>;
  /** Merges in order of rank. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  /** Tokens that are matched in the text before it is split, and that decoding leaves out. */
  readonly specialTokens: readonly string[];
  readonly addPrefixSpace: boolean;
}

/** Parses the text of a `tokenizer.json`. Throws `L3M_BAD_TOKENIZER` naming the part that does not fit; `file` is for the message. */
export function parseTokenizer(text: string, file: string): BpeVocabulary {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badTokenizer(file, "The file is no valid JSON.", cause);
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badTokenizer(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unexpected content"}`, parsed.error);
  }
  const { model, added_tokens: added, pre_tokenizer: preTokenizer } = parsed.data;
  if (!preTokenizer.use_regex)
    throw badTokenizer(file, "pre_tokenizer.use_regex is false; only GPT-2's own split is known.");
  const vocab = new Map(Object.entries(model.vocab));
  for (const token of added) vocab.set(token.content, token.id);
  const merges = model.merges.map((merge): readonly [string, string] => {
    const [left = "", right = ""] = typeof merge === "string" ? merge.split(" ") : merge;
    for (const part of [left, right, left + right]) {
      if (!vocab.has(part)) throw badTokenizer(file, `model.merges names "${part}", which model.vocab lacks.`);
    }
    return [left, right];
  });
  const specialTokens = added.map((token) => token.content);
  return { vocab, merges, specialTokens, addPrefixSpace: preTokenizer.add_prefix_space };
}

/** The text of a `tokenizer.json` that Hugging Face's libraries read. */
export function formatTokenizer(vocabulary: BpeVocabulary): string {
  const added = vocabulary.specialTokens.map((content) => ({
    id: vocabulary.vocab.get(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: vocabulary.addPrefixSpace,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...vocabulary.vocab].sort((a, b) => a[1] - b[1])),
      merges: vocabulary.merges,
    },
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** Reads a `tokenizer.json`. Throws `L3M_DATA_NOT_FOUND` or `L3M_BAD_TOKENIZER`. */
export function readTokenizerFile(path: string): BpeVocabulary {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new L3mError("L3M_DATA_NOT_FOUND", {
      message: "The tokenizer file cannot be read.",
      where: { file: path },
      fix: "Give the path of a tokenizer.json, or train one: l3m tokenizer train FILE... --vocab 1024 -o tokenizer.json",
      cause,
    });
  }
  return parseTokenizer(text, path);
}

/** Writes a `tokenizer.json`. */
export function writeTokenizerFile(path: string, vocabulary: BpeVocabulary): void {
  writeFileSync(path, formatTokenizer(vocabulary));
}

function badTokenizer(file: string, got: string, cause?: unknown): L3mError {
  return new L3mError("L3M_BAD_TOKENIZER", {
    message: "This is no byte-level BPE tokenizer that can be read.",
    where: { file },
    expected: "a tokenizer.json with a ByteLevel pre-tokenizer and a BPE model",
    got,
    fix: "Train one: l3m tokenizer train FILE... --vocab 1024 -o tokenizer.json",
    cause,
  });
}
