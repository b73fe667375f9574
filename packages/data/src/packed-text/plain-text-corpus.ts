/** Text files as documents: each file, or the part of it that is asked for, is one. */
import { createReadStream } from "node:fs";
import { listTextFiles, type TextFileEntry } from "../files/text-file-list.ts";
import { type ByteRange, byteRanges, type TextSplit } from "./byte-ranges.ts";
import { type InvalidUtf8, Utf8Reader } from "./decode-utf8.ts";
import type { TextCorpus, TextPiece } from "./text-corpus.ts";

const READ_AT_ONCE = 2 ** 20;
/** A text without spaces is cut after so many characters, wherever that is. */
const LONGEST_PIECE = 2 ** 24;

/** What to read. */
export interface PlainTextOptions {
  readonly files: readonly TextFileEntry[];
  readonly resolveFile: (path: string) => string;
  readonly split: TextSplit;
  readonly invalid: InvalidUtf8;
}

/** The corpus of {@link PlainTextOptions}. */
export function plainTextCorpus({ files, resolveFile, split, invalid }: PlainTextOptions): TextCorpus {
  return {
    format: `text ${invalid}`,
    ranges: async () => byteRanges(await listTextFiles(files, resolveFile), split, "characters"),
    pieces: (range) => textPieces(range, invalid),
  };
}

async function* textPieces({ path, start, end }: ByteRange, invalid: InvalidUtf8): AsyncGenerator<TextPiece> {
  const reader = new Utf8Reader(path, start, invalid);
  let pending = "";
  let read = 0;
  for await (const chunk of createReadStream(path, { start, end: end - 1, highWaterMark: READ_AT_ONCE })) {
    pending += reader.read(chunk as Buffer);
    read += (chunk as Buffer).length;
    const cut = cutOf(pending);
    if (cut === 0) continue;
    yield { text: pending.slice(0, cut), endsDocument: false, read };
    pending = pending.slice(cut);
  }
  yield { text: pending + reader.end(), endsDocument: true, read };
}

/**
 * The last place before a space that follows something else than white space. Tokenizers split words there anyway, and the
 * rest starts with a space, so that no tokenizer takes it for the start of a text. 0 if there is none yet.
 */
function cutOf(text: string): number {
  for (let at = text.length - 1; at > 0; at--) {
    if (text[at] === " " && !/\s/u.test(text[at - 1] ?? "")) return at;
  }
  if (text.length < LONGEST_PIECE) return 0;
  return text.length - (/[\ud800-\udbff]$/.test(text) ? 1 : 0);
}
