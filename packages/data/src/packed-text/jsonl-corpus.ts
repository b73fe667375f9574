/** JSONL files as documents: one JSON object a line, whose text stands in one field. */
import { createReadStream } from "node:fs";
import { L3mError } from "@l3m/errors";
import { listTextFiles, type TextFileEntry } from "../files/text-file-list.ts";
import { type ByteRange, byteRanges, type TextSplit } from "./byte-ranges.ts";
import { type InvalidUtf8, Utf8Reader } from "./decode-utf8.ts";
import type { TextCorpus, TextPiece } from "./text-corpus.ts";

const READ_AT_ONCE = 2 ** 20;
const NEWLINE = 0x0a;

/** What to read. */
export interface JsonlOptions {
  readonly files: readonly TextFileEntry[];
  readonly resolveFile: (path: string) => string;
  readonly split: TextSplit;
  readonly invalid: InvalidUtf8;
  /** The field that holds the text. */
  readonly field: string;
}

/** The corpus of {@link JsonlOptions}. Lines of white space are skipped; any other line without the text is `L3M_BAD_SAMPLE` with its place. */
export function jsonlCorpus({ files, resolveFile, split, invalid, field }: JsonlOptions): TextCorpus {
  return {
    format: `jsonl ${field} ${invalid}`,
    ranges: async () => byteRanges(await listTextFiles(files, resolveFile), split, "lines"),
    pieces: (range) => documents(range, field, invalid),
  };
}

async function* documents(range: ByteRange, field: string, invalid: InvalidUtf8): AsyncGenerator<TextPiece> {
  let read = 0;
  for await (const line of linesOf(range)) {
    const at = range.start + read;
    read += line.length + 1;
    const reader = new Utf8Reader(range.path, at, invalid);
    const json = reader.read(line) + reader.end();
    if (json.trim() === "") continue;
    const text = await textOf(json, field, { path: range.path, at });
    if (text !== "") yield { text, endsDocument: true, read: Math.min(read, range.end - range.start) };
  }
}

/** The lines of a range without their ends. */
async function* linesOf({ path, start, end }: ByteRange): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const data of createReadStream(path, { start, end: end - 1, highWaterMark: READ_AT_ONCE })) {
    const chunk = data as Buffer;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, at)]);
      parts = [];
      from = at + 1;
    }
    parts.push(chunk.subarray(from));
  }
  yield Buffer.concat(parts);
}

async function textOf(json: string, field: string, { path, at }: { path: string; at: number }): Promise<string> {
  let problem: string;
  try {
    const record: unknown = JSON.parse(json);
    const text = typeof record === "object" && record !== null ? (record as Record<string, unknown>)[field] : undefined;
    if (typeof text === "string") return text;
    problem = text === undefined ? `no "${field}"` : `"${field}" is no text`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new L3mError("L3M_BAD_SAMPLE", {
    message: "A line of the file is not what it should be.",
    where: { file: path, line: await lineNumber(path, at) },
    expected: `{"${field}": "..."}`,
    got: problem,
    fix: "Correct or remove the line, or name the field of the text in text_field.",
  });
}

/** The number of the line that starts at byte `at`, from 1. */
async function lineNumber(path: string, at: number): Promise<number> {
  if (at === 0) return 1;
  let lines = 1;
  for await (const chunk of createReadStream(path, { end: at - 1, highWaterMark: READ_AT_ONCE })) {
    for (const byte of chunk as Buffer) if (byte === NEWLINE) lines++;
  }
  return lines;
}
