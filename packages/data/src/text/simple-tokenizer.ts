/** CLIP's byte-level BPE from its merge file (Radford et al. 2021). Source: openai/CLIP `simple_tokenizer.py`. */
import { createHash } from "node:crypto";
import { defineTokenizer, type Tokenizer } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { BYTE_CHARACTERS, byteCharactersToBytes, textToByteCharacters } from "./byte-alphabet.ts";
import { cleanText } from "./clean-text.ts";
import { readMergeFile } from "./merge-file.ts";
import { type MergeTable, mergeWord, pairKey } from "./merge-word.ts";

const START = "<start_of_text>";
const END = "<end_of_text>";
/** Marks the last symbol of a word. */
const WORD_END = "</w>";
/** Printable bytes first, then the others. */
const BYTE_SYMBOLS = [...BYTE_CHARACTERS].sort();
const CACHED_WORDS = 65_536;

/** Options; the names and defaults are those of ml-l3m's `SimpleTokenizer`. */
export interface SimpleTokenizerOptions {
  /** Special tokens after `<start_of_text>` and `<end_of_text>`. */
  readonly specialTokens?: readonly string[];
  /** Row length. Default 77. */
  readonly contextLength?: number;
  /** Id or special token that fills short rows. Default id 0, which is an ordinary token too. */
  readonly padToken?: number | string;
  /** Default true. */
  readonly addEosToken?: boolean;
  /** Default true. */
  readonly addBosToken?: boolean;
  /** Strip accents first. Default false. */
  readonly normalize?: boolean;
}

/** A call's own settings. */
export interface SimpleRowsOptions {
  /** End texts with `<end_of_text>`. Default true; without `addEosToken` there is none. */
  readonly appendEos?: boolean | undefined;
  /** Rows as long as the longest text, and no longer than the context. Default false. */
  readonly cutMaxSeqLength?: boolean | undefined;
}

/** Ids: the 256 bytes, the 256 bytes that end a word, the merges, the special tokens. */
export class SimpleTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly fingerprint: string;
  readonly padId: number;
  readonly bosId?: number;
  readonly eosId?: number;
  readonly #options: SimpleTokenizerOptions;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: readonly string[];
  readonly #merges: MergeTable;
  readonly #specials: ReadonlySet<string>;
  readonly #word: RegExp;
  readonly #cache = new Map<string, readonly number[]>();

  /**
   * @param merges pairs of symbols, the first merged first
   * @throws L3M_BAD_OPTION for a pad token that is neither an id nor a special token
   */
  constructor(merges: readonly (readonly [left: string, right: string])[], options: SimpleTokenizerOptions = {}) {
    const specials = [START, END, ...(options.specialTokens ?? [])];
    this.#options = options;
    this.#tokens = [
      ...BYTE_SYMBOLS,
      ...BYTE_SYMBOLS.map((character) => character + WORD_END),
      ...merges.map(([left, right]) => left + right),
      ...specials,
    ];
    this.#ids = new Map(this.#tokens.map((token, id) => [token, id]));
    const id = (token: string): number => this.#ids.get(token) ?? -1;
    this.#merges = new Map(
      merges.map(([left, right], rank) => [pairKey(id(left), id(right)), { rank, id: id(left + right) }]),
    );
    this.#specials = new Set(specials);
    const special = specials.map((token) => token.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
    this.#word = new RegExp(
      `${special}|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{White_Space}\\p{L}\\p{N}]+`,
      "giu",
    );
    this.vocabSize = this.#ids.size;
    this.padId = this.#padId(options.padToken ?? 0);
    if (options.addBosToken !== false) this.bosId = id(START);
    if (options.addEosToken !== false) this.eosId = id(END);
    this.fingerprint = createHash("sha256")
      .update(JSON.stringify([this.#tokens, options]))
      .digest("hex");
  }

  /** Without the tokens that stand around a text. */
  encode(text: string): number[] {
    const plain =
      this.#options.normalize === true
        ? text
            .normalize("NFD")
            .toLowerCase()
            .replace(/\p{Mn}/gu, "")
        : text;
    return (cleanText(plain).toLowerCase().match(this.#word) ?? []).flatMap((word) => this.#encodeWord(word));
  }

  /** Special tokens are written out. */
  decode(ids: readonly number[]): string {
    const bytes = ids.flatMap((id) => byteCharactersToBytes(this.#tokens[id] ?? ""));
    return new TextDecoder().decode(Uint8Array.from(bytes)).replaceAll(WORD_END, " ");
  }

  /** Rows of one length: long texts lose tokens at their end, not `<end_of_text>`; short ones are padded on the right. */
  rows(texts: readonly string[], { appendEos = true, cutMaxSeqLength = false }: SimpleRowsOptions = {}): number[][] {
    const { contextLength = 77 } = this.#options;
    const head = this.bosId === undefined ? [] : [this.bosId];
    const tail = this.eosId === undefined || !appendEos ? [] : [this.eosId];
    const room = Math.max(0, contextLength - head.length - tail.length);
    const rows = texts.map((text) => [...head, ...this.encode(text).slice(0, room), ...tail].slice(0, contextLength));
    const length = cutMaxSeqLength ? Math.max(0, ...rows.map((row) => row.length)) : contextLength;
    return rows.map((row) => [...row, ...new Array<number>(length - row.length).fill(this.padId)]);
  }

  /** Texts of rows, each up to its first `<end_of_text>`, without `<start_of_text>`. */
  decodeRows(rows: readonly (readonly number[])[]): string[] {
    return rows.map((row) => (this.decode(row).split(END)[0] ?? "").replaceAll(START, ""));
  }

  #encodeWord(word: string): readonly number[] {
    if (this.#specials.has(word)) return [this.#ids.get(word) ?? 0];
    const cached = this.#cache.get(word);
    if (cached !== undefined) return cached;
    const characters = [...textToByteCharacters(word)];
    const symbols = characters.map((character, i) => (i === characters.length - 1 ? character + WORD_END : character));
    const ids = mergeWord(
      symbols.map((symbol) => this.#ids.get(symbol) ?? 0),
      this.#merges,
    );
    if (this.#cache.size >= CACHED_WORDS) this.#cache.clear();
    this.#cache.set(word, ids);
    return ids;
  }

  #padId(token: number | string): number {
    const id = typeof token === "number" ? token : this.#specials.has(token) ? this.#ids.get(token) : undefined;
    if (id !== undefined && id < this.vocabSize) return id;
    throw new L3mError("L3M_BAD_OPTION", {
      message: "The pad token is no token of this vocabulary.",
      where: { path: "pad_token" },
      expected: `an id below ${this.vocabSize}, or one of ${[...this.#specials].join(", ")}`,
      got: String(token),
      fix: "Add it to special_tokens, or name another one.",
    });
  }
}

/** The tokenizer `data/simple-tokenizer`. */
export const simpleTokenizer = defineTokenizer({
  name: "simple-tokenizer",
  summary: "CLIP's byte-level BPE over lower-case text, from its merge file.",
  aliases: ["l3m.model.layers.tokenizers.SimpleTokenizer"],
  positional: [
    "bpe_path",
    "special_tokens",
    "context_length",
    "pad_token",
    "add_eos_token",
    "add_bos_token",
    "normalize",
  ],
  options: z.strictObject({
    bpe_path: z.string().min(1).describe("Path of the merge file, gzipped or not, relative to the config."),
    special_tokens: z.array(z.string()).nullable().default(null).describe("Special tokens beside the first two."),
    context_length: z.int().positive().default(77).describe("Length of rows."),
    pad_token: z
      .union([z.int().nonnegative(), z.string()])
      .default(0)
      .describe("Id or special token that fills short rows."),
    add_eos_token: z.boolean().default(true).describe("End texts with <end_of_text>."),
    add_bos_token: z.boolean().default(true).describe("Begin texts with <start_of_text>."),
    normalize: z.boolean().default(false).describe("Strip accents first."),
  }),
  build(options, context) {
    return new SimpleTokenizer(readMergeFile(context.resolveFile(options.bpe_path)), {
      specialTokens: options.special_tokens ?? [],
      contextLength: options.context_length,
      padToken: options.pad_token,
      addEosToken: options.add_eos_token,
      addBosToken: options.add_bos_token,
      normalize: options.normalize,
    });
  },
});
