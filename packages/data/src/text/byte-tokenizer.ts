/** Bytes as tokens: the simplest vocabulary there is, with no training. Ids: 0 padding, 1 end of text, byte + 2. */
import { defineTokenizer, type Tokenizer } from "@l3m/core";
import { z } from "zod";

const FIRST_BYTE_ID = 2;

/** 258 ids: padding, end of text, then the 256 bytes of UTF-8. */
export class ByteTokenizer implements Tokenizer {
  readonly vocabSize = FIRST_BYTE_ID + 256;
  readonly fingerprint = "byte-tokenizer";
  readonly padId = 0;
  readonly eosId = 1;

  encode(text: string): number[] {
    return Array.from(new TextEncoder().encode(text), (byte) => byte + FIRST_BYTE_ID);
  }

  decode(ids: readonly number[]): string {
    return new TextDecoder().decode(
      Uint8Array.from(
        ids.filter((id) => id >= FIRST_BYTE_ID),
        (id) => id - FIRST_BYTE_ID,
      ),
    );
  }
}

/** The tokenizer `data/byte-tokenizer`. */
export const byteTokenizer = defineTokenizer({
  name: "byte-tokenizer",
  summary: "UTF-8 bytes as tokens; 258 ids.",
  options: z.strictObject({}),
  build: () => new ByteTokenizer(),
});
