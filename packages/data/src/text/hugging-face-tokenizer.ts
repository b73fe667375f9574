/** Tokenizers of Hugging Face as ml-l3m uses them: cleaned text, rows of one length, specials from the tokenizer's settings. */
import { createHash } from "node:crypto";
import type { Tokenizer } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { cleanText } from "./clean-text.ts";
import { openBackend, readSettings, type TextBackend, type TokenizerSettings } from "./hugging-face-backend.ts";
import type { HuggingFaceFiles } from "./hugging-face-files.ts";

/** Post-processors that put their own tokens around a text, whatever the settings say (CLIP, BERT, RoBERTa). */
const OWN_SPECIALS = ["RobertaProcessing", "BertProcessing"];

/** Options; the names and defaults are those of ml-l3m's `HFTokenizer`. */
export interface HuggingFaceOptions {
  /** Row length. Default 77. */
  readonly contextLength?: number;
  readonly paddingSide?: "right" | "left";
  /** `eos_token` or `unk_token` for that token, any other text for a token that is added. Default: the tokenizer's own. */
  readonly padToken?: string | null;
  /** Default true. */
  readonly addEosToken?: boolean;
  readonly addImageToken?: boolean;
  readonly addEouToken?: boolean;
  /** Default true. */
  readonly lowerCase?: boolean;
  /** Default true. */
  readonly cleanText?: boolean;
  /** Above 0: longer rows keep their first columns and the last one. Default -1. */
  readonly maxSeqLen?: number;
  /** Rows as long as the longest text. Default false. */
  readonly cutMaxSeqLength?: boolean;
}

/** A call's own settings. */
export interface RowsOptions {
  readonly maxLength?: number | undefined;
  readonly cutMaxSeqLength?: boolean | undefined;
}

/**
 * Any `tokenizer.json`. Around a text stand the tokens of its post-processor if that is BERT's or RoBERTa's (CLIP); else
 * begin-of-text if `add_bos_token` is set in its config, and end-of-text if `addEosToken` is, as in transformers 5.
 */
export class HuggingFaceTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly fingerprint: string;
  readonly padId?: number;
  readonly bosId?: number;
  readonly eosId?: number;
  /** The token `<image>`, with `addImageToken`. */
  readonly imageTokenId?: number;
  /** The token `<eou>`, with `addEouToken`. */
  readonly eouTokenId?: number;
  readonly #backend: TextBackend;
  readonly #options: HuggingFaceOptions;
  readonly #head: readonly number[];
  readonly #tail: readonly number[];
  /** The token that ends texts when they are decoded. */
  readonly #end: number | undefined;
  readonly #longest: number;

  /** @throws L3M_BAD_TOKENIZER for files that are none, or that the library cannot use */
  constructor(files: HuggingFaceFiles, options: HuggingFaceOptions = {}) {
    const settings = readSettings(files);
    const { json, config } = settings;
    const named = namedPadToken(options.padToken, config);
    const added = [
      ...(options.padToken != null && named === undefined ? [options.padToken] : []),
      ...(options.addImageToken === true ? ["<image>"] : []),
      ...(options.addEouToken === true ? ["<eou>"] : []),
    ];
    this.#backend = openBackend(settings, added);
    this.#options = options;
    const id = (token: string | null | undefined): number | undefined =>
      token == null ? undefined : this.#backend.token_to_id(token);
    const pad = id(named ?? options.padToken ?? config.pad_token);
    const image = options.addImageToken === true ? id("<image>") : undefined;
    const eou = options.addEouToken === true ? id("<eou>") : undefined;
    this.#end = id(config.eos_token);
    this.#longest = Math.min(config.model_max_length ?? Infinity, Number.MAX_SAFE_INTEGER);
    if (OWN_SPECIALS.includes(json.post_processor?.type ?? "")) {
      [this.#head, this.#tail] = this.#around();
    } else {
      this.#head = [config.add_bos_token === true ? id(config.bos_token) : undefined].filter(
        (token) => token !== undefined,
      );
      this.#tail = [options.addEosToken === false ? undefined : this.#end].filter((token) => token !== undefined);
    }
    this.vocabSize = Math.max(...this.#backend.get_vocab().values()) + 1;
    this.fingerprint = createHash("sha256")
      .update(JSON.stringify([files.tokenizer, files.config, options]))
      .digest("hex");
    if (pad !== undefined) this.padId = pad;
    if (image !== undefined) this.imageTokenId = image;
    if (eou !== undefined) this.eouTokenId = eou;
    const [bos] = this.#head;
    const [eos] = this.#tail;
    if (bos !== undefined) this.bosId = bos;
    if (eos !== undefined) this.eosId = eos;
  }

  /** Without the tokens that stand around a text. */
  encode(text: string): number[] {
    const cleaned = this.#options.cleanText === false ? text : cleanText(text);
    const lowered = this.#options.lowerCase === false ? cleaned : cleaned.toLowerCase();
    return lowered === "" ? [] : this.#backend.encode(lowered, { add_special_tokens: false }).ids;
  }

  /** Special tokens are left out. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return "";
    return this.#backend.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  }

  /**
   * Rows of one length: texts lose tokens at their end, not the tokens around them; short ones are padded.
   *
   * @throws L3M_BAD_OPTION when rows are to be as long as the longest text and `maxSeqLen` is not set
   */
  rows(texts: readonly string[], call: RowsOptions = {}): number[][] {
    const { contextLength = 77, maxSeqLen = -1, paddingSide = "right" } = this.#options;
    const cut = call.cutMaxSeqLength ?? this.#options.cutMaxSeqLength ?? false;
    if (cut && maxSeqLen <= 0) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "cut_max_seq_length needs a limit.",
        expected: "max_seq_len above 0",
        got: `max_seq_len ${maxSeqLen}`,
      });
    }
    const limit = cut ? this.#longest : (call.maxLength ?? contextLength);
    const room = Math.max(0, limit - this.#head.length - this.#tail.length);
    const rows = texts.map((text) =>
      [...this.#head, ...this.encode(text).slice(0, room), ...this.#tail].slice(0, limit),
    );
    const length = cut ? Math.max(0, ...rows.map((row) => row.length)) : limit;
    return rows.map((row) => {
      const padding = new Array<number>(length - row.length).fill(this.padId ?? 0);
      const padded = paddingSide === "right" ? [...row, ...padding] : [...padding, ...row];
      return maxSeqLen > 0 && maxSeqLen < length ? [...padded.slice(0, maxSeqLen - 1), ...padded.slice(-1)] : padded;
    });
  }

  /** Texts of rows, each up to its first end-of-text (and `<eou>`). */
  decodeRows(rows: readonly (readonly number[])[]): string[] {
    const ends = [this.#end, this.eouTokenId].filter((id) => id !== undefined);
    return rows.map((row) => this.decode(ends.reduce((ids, end) => upTo(ids, end), row)));
  }

  /** What the tokenizer itself puts before and after a text. */
  #around(): [number[], number[]] {
    const whole = this.#backend.encode("a").ids;
    const body = this.#backend.encode("a", { add_special_tokens: false }).ids;
    const start = whole.findIndex((_, at) => body.every((id, i) => whole[at + i] === id));
    return [whole.slice(0, start), whole.slice(start + body.length)];
  }
}

function upTo(ids: readonly number[], end: number): readonly number[] {
  const at = ids.indexOf(end);
  return at < 0 ? ids : ids.slice(0, at + 1);
}

function namedPadToken(padToken: string | null | undefined, config: TokenizerSettings["config"]): string | undefined {
  if (padToken === "eos_token") return config.eos_token ?? undefined;
  return padToken === "unk_token" ? (config.unk_token ?? undefined) : undefined;
}
