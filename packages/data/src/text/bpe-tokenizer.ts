/** Byte-level BPE, as GPT-2 and Hugging Face's `tokenizers` do it: any text has ids, and ids give back the text. */
import { createHash } from "node:crypto";
import { defineTokenizer, type Tokenizer } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { byteCharactersToBytes, textToByteCharacters } from "./byte-alphabet.ts";
import { type MergeTable, mergeWord, pairKey } from "./merge-word.ts";
import { preTokenize } from "./pre-tokenize.ts";
import { type BpeVocabulary, readTokenizerFile } from "./tokenizer-file.ts";

const CACHED_WORDS = 65_536;

/** Which special tokens play which part; each must be in the vocabulary. */
export interface BpeRoles {
  readonly padToken?: string;
  readonly bosToken?: string;
  readonly eosToken?: string;
}

/** A tokenizer over a {@link BpeVocabulary}. Throws `L3M_BAD_TOKENIZER` if a role names a token that the vocabulary lacks. */
export class BpeTokenizer implements Tokenizer {
  readonly vocabulary: BpeVocabulary;
  readonly vocabSize: number;
  readonly padId?: number;
  readonly bosId?: number;
  readonly eosId?: number;
  readonly #merges: MergeTable;
  readonly #tokenOfId: ReadonlyMap<number, string>;
  readonly #special: RegExp | undefined;
  readonly #specialIds: ReadonlySet<number>;
  readonly #cache = new Map<string, readonly number[]>();

  constructor(vocabulary: BpeVocabulary, roles: BpeRoles = {}) {
    this.vocabulary = vocabulary;
    const { vocab, merges, specialTokens } = vocabulary;
    let largest = -1;
    for (const id of vocab.values()) largest = Math.max(largest, id);
    this.vocabSize = largest + 1;
    if (roles.padToken !== undefined) this.padId = this.#idOfRole("pad_token", roles.padToken);
    if (roles.bosToken !== undefined) this.bosId = this.#idOfRole("bos_token", roles.bosToken);
    if (roles.eosToken !== undefined) this.eosId = this.#idOfRole("eos_token", roles.eosToken);
    const id = (token: string): number => vocab.get(token) ?? -1;
    this.#merges = new Map(
      merges.map(([left, right], rank) => [pairKey(id(left), id(right)), { rank, id: id(left + right) }]),
    );
    this.#tokenOfId = new Map([...vocab].map(([token, tokenId]) => [tokenId, token]));
    this.#specialIds = new Set(specialTokens.map(id));
    this.#special =
      specialTokens.length === 0 ? undefined : new RegExp(`(${longestFirst(specialTokens).map(escape).join("|")})`);
  }

  get fingerprint(): string {
    const { vocab, ...rest } = this.vocabulary;
    return createHash("sha256")
      .update(JSON.stringify({ ...rest, vocab: [...vocab] }))
      .digest("hex");
  }

  encode(text: string): number[] {
    if (this.#special === undefined) return this.#encodePlain(text);
    const parts = text.split(this.#special); // odd positions hold the special tokens
    return parts.flatMap((part, i) => (i % 2 === 1 ? [this.vocabulary.vocab.get(part) ?? 0] : this.#encodePlain(part)));
  }

  decode(ids: readonly number[]): string {
    const kept = ids.filter((id) => !this.#specialIds.has(id));
    return new TextDecoder().decode(
      Uint8Array.from(kept.flatMap((id) => byteCharactersToBytes(this.#tokenOfId.get(id) ?? ""))),
    );
  }

  #encodePlain(text: string): number[] {
    return preTokenize(text, this.vocabulary).flatMap((word) => this.#encodeWord(word));
  }

  #encodeWord(word: string): readonly number[] {
    const cached = this.#cache.get(word);
    if (cached !== undefined) return cached;
    const symbols = Array.from(textToByteCharacters(word), (character) => this.vocabulary.vocab.get(character) ?? -1);
    const ids = mergeWord(
      symbols.filter((id) => id >= 0),
      this.#merges,
    ); // without unk_token, unknown bytes are dropped
    if (this.#cache.size >= CACHED_WORDS) this.#cache.clear();
    this.#cache.set(word, ids);
    return ids;
  }

  #idOfRole(role: string, token: string): number {
    const id = this.vocabulary.vocab.get(token);
    if (id !== undefined) return id;
    throw new L3mError("L3M_BAD_TOKENIZER", {
      message: `The vocabulary has no token "${token}", which ${role} names.`,
      expected: `one of ${this.vocabulary.specialTokens.join(", ") || "(this vocabulary has no special tokens)"}`,
      fix: `Name a token of the vocabulary in ${role}, or train the tokenizer with it as a special token.`,
    });
  }
}

function longestFirst(tokens: readonly string[]): string[] {
  return [...tokens].sort((a, b) => b.length - a.length);
}

function escape(token: string): string {
  return token.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

/** The tokenizer `data/bpe-tokenizer`. */
export const bpeTokenizer = defineTokenizer({
  name: "bpe-tokenizer",
  summary: "Byte-level BPE from a Hugging Face tokenizer.json.",
  options: z.strictObject({
    file: z.string().describe("Path of the tokenizer.json, relative to the config."),
    pad_token: z.string().nullable().default("<pad>").describe("Token that fills short rows."),
    bos_token: z.string().nullable().default(null).describe("Token put before every text."),
    eos_token: z.string().nullable().default("<eos>").describe("Token put after every text."),
  }),
  build({ file, pad_token: pad, bos_token: bos, eos_token: eos }, context) {
    return new BpeTokenizer(readTokenizerFile(context.resolveFile(file)), {
      ...(pad === null ? {} : { padToken: pad }),
      ...(bos === null ? {} : { bosToken: bos }),
      ...(eos === null ? {} : { eosToken: eos }),
    });
  },
});
