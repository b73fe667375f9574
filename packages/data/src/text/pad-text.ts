/** Token rows of a fixed length: truncated, ended with the end-of-text token, padded, with a mask of what is real. */
import type { Tokenizer } from "@l3m/core";

/** Texts as rows. B texts, N the context length. */
export interface PaddedText {
  /** int32 `[B, N]`. */
  readonly ids: Int32Array;
  /** int32 `[B, N]`: 1 where a token (the end of text included) is, 0 on padding. */
  readonly mask: Int32Array;
}

/**
 * Encodes texts as rows of `contextLength` ids: `[bos] tokens [eos] pad...`. Special tokens that the tokenizer lacks are
 * left out (padding is then 0); long texts lose tokens at the end but keep their end-of-text token.
 */
export function padText(texts: readonly string[], tokenizer: Tokenizer, contextLength: number): PaddedText {
  const ids = new Int32Array(texts.length * contextLength).fill(tokenizer.padId ?? 0);
  const mask = new Int32Array(ids.length);
  const head = tokenizer.bosId === undefined ? [] : [tokenizer.bosId];
  const tail = tokenizer.eosId === undefined ? [] : [tokenizer.eosId];
  texts.forEach((text, row) => {
    const body = tokenizer.encode(text).slice(0, Math.max(0, contextLength - head.length - tail.length));
    const tokens = [...head, ...body, ...tail].slice(0, contextLength);
    ids.set(tokens, row * contextLength);
    mask.fill(1, row * contextLength, row * contextLength + tokens.length);
  });
  return { ids, mask };
}
