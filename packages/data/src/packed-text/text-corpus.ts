/** What a packed data set reads: parts of files, as pieces of text. */
import type { ByteRange } from "./byte-ranges.ts";

/** A piece of a document. Pieces of one document follow each other, and tokenising them one by one gives its tokens. */
export interface TextPiece {
  readonly text: string;
  /** True for the last piece of a document. */
  readonly endsDocument: boolean;
  /** Bytes of the range that are read by now. */
  readonly read: number;
}

/** Text in files. */
export interface TextCorpus {
  /** Everything beside the bytes themselves that decides the pieces; part of the key under which tokens are cached. */
  readonly format: string;
  /** Finds the files and the part of them. */
  ranges(): Promise<readonly ByteRange[]>;
  /** Reads one range in bounded memory (a document of a line-based format is held as a whole). */
  pieces(range: ByteRange): AsyncIterable<TextPiece>;
}
