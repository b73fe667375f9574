/** The merge file of CLIP's vocabulary. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { L3mError } from "@l3m/errors";

/** Merges that CLIP takes of its file, which has more: 49152 ids less 256 bytes and 2 special tokens, counted as CLIP does. */
const MERGES = 49_152 - 256 - 2;

/**
 * The merges of CLIP's file: a header line, then one pair per line; gzipped or not.
 *
 * @throws L3M_BAD_TOKENIZER for a file that cannot be read or holds something else
 */
export function readMergeFile(file: string): [left: string, right: string][] {
  const lines = readText(file)
    .split("\n")
    .slice(1, MERGES + 1);
  return lines
    .filter((line) => line.trim() !== "")
    .map((line, i) => {
      const [left, right, ...rest] = line.trim().split(/\s+/);
      if (left !== undefined && right !== undefined && rest.length === 0) return [left, right];
      throw badMergeFile(file, `line ${i + 2}: ${line}`);
    });
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw badMergeFile(file, error instanceof Error ? error.message : String(error));
  }
}

function badMergeFile(file: string, got: string): L3mError {
  return new L3mError("L3M_BAD_TOKENIZER", {
    message: `"${file}" is no merge file.`,
    expected: "a header line, then two symbols per line, as in CLIP's bpe_simple_vocab_16e6.txt.gz",
    got,
    fix: "Correct bpe_path; it is relative to the config.",
  });
}
