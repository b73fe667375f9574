/** Which bytes of the files belong to a part: everything, the training part, or the last bytes, held out for validation. */
import { open } from "node:fs/promises";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import type { SizedFile } from "../files/text-file-list.ts";

/** The option `split`. */
export const textSplit = z
  .strictObject({
    part: z.enum(["train", "held_out"]).describe("What comes before the cut, or after it."),
    held_out: z.number().gt(0).lt(1).describe("Fraction of all bytes that lies after the cut."),
  })
  .nullable()
  .default(null)
  .describe("Use a part of the bytes; default all.");

/** A part of the corpus. */
export type TextSplit = z.infer<typeof textSplit>;

/** Bytes `start` to `end` (exclusive) of a file. */
export interface ByteRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Where a cut may lie: between two characters, or between two lines. */
export type CutBetween = "characters" | "lines";

/**
 * The ranges of a part, one for every file that has bytes of it. The cut stands at byte `floor((1 - held_out) * all)` of the
 * files put together, moved on to the next place where a cut may lie.
 *
 * @throws L3M_BAD_OPTION if the part has no bytes
 */
export async function byteRanges(
  files: readonly SizedFile[],
  split: TextSplit,
  between: CutBetween,
): Promise<ByteRange[]> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const cut = split === null ? 0 : Math.floor(total * (1 - split.held_out));
  const ranges: ByteRange[] = [];
  let before = 0;
  for (const { path, bytes } of files) {
    const local = Math.min(Math.max(cut - before, 0), bytes);
    const at = local === 0 || local === bytes ? local : await nextCut(path, local, between);
    const range = split?.part === "train" ? { path, start: 0, end: at } : { path, start: at, end: bytes };
    if (range.end > range.start) ranges.push(range);
    before += bytes;
  }
  if (ranges.length > 0) return ranges;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The part "${split?.part ?? ""}" of the text has no bytes.`,
    where: { file: files[0]?.path ?? "" },
    expected: "a held_out that leaves bytes on both sides",
    got: `held_out ${split?.held_out ?? 0} of ${total} bytes, cut between ${between}`,
  });
}

/** The first place at or after byte `at` where a cut may lie. */
async function nextCut(path: string, at: number, between: CutBetween): Promise<number> {
  const file = await open(path);
  try {
    const chunk = Buffer.alloc(between === "lines" ? 65_536 : 4);
    for (let start = between === "lines" ? at - 1 : at; ; start += chunk.length) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, start);
      const found = chunk
        .subarray(0, bytesRead)
        .findIndex((byte) => (between === "lines" ? byte === 0x0a : (byte & 0xc0) !== 0x80));
      if (found >= 0) return start + found + (between === "lines" ? 1 : 0);
      if (bytesRead < chunk.length) return start + bytesRead;
    }
  } finally {
    await file.close();
  }
}
