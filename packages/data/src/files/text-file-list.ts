/** The option `files` of text datasets: paths, patterns, and files of npm packages. */
import { statSync } from "node:fs";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { globFiles, isGlob } from "./glob.ts";
import { isNpmFile, npmFile } from "./npm-file.ts";

const entry = z.union([
  z.string().min(1),
  z.strictObject({
    file: z.string().min(1).describe("npm:<name>@<version>/<path>: a file of a published package."),
    integrity: z
      .string()
      .regex(/^sha(256|384|512)-/)
      .describe("Of the package's archive, as the registry states it."),
  }),
]);

/** One entry of `files`. */
export type TextFileEntry = z.infer<typeof entry>;

/** The option `files`. */
export const textFiles = z
  .union([entry, z.array(entry).min(1)])
  .describe(
    "Files in this order: paths or patterns (*, **) relative to the config, or { file: npm:..., integrity: sha512-... }.",
  );

/** A file with its size in bytes. */
export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files that entries name, in order; those of one pattern are sorted by name.
 *
 * @throws L3M_DATA_NOT_FOUND for a path or pattern without a file, or when all files are empty; L3M_BAD_OPTION for `npm:` without an integrity
 */
export async function listTextFiles(
  entries: readonly TextFileEntry[],
  resolveFile: (path: string) => string,
): Promise<SizedFile[]> {
  const files: SizedFile[] = [];
  for (const named of entries) {
    for (const path of await pathsOf(named, resolveFile)) files.push({ path, bytes: sizeOf(path) });
  }
  if (files.some(({ bytes }) => bytes > 0)) return files;
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: files.length === 1 ? "The text file is empty." : "All text files are empty.",
    where: { file: files[0]?.path ?? "" },
    fix: "Check the files that the config names.",
  });
}

async function pathsOf(named: TextFileEntry, resolveFile: (path: string) => string): Promise<string[]> {
  if (typeof named !== "string") return [await npmFile(named)];
  if (isNpmFile(named)) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "A file of an npm package needs the integrity of the package beside it.",
      expected: `{ file: "${named}", integrity: "sha512-..." }`,
      got: `"${named}"`,
      fix: "Ask the registry for it: npm view NAME@VERSION dist.integrity",
    });
  }
  const path = resolveFile(named);
  if (!isGlob(named)) return [path];
  const found = globFiles(path);
  if (found.length > 0) return found;
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: "No file matches the pattern.",
    where: { file: path },
    fix: "Check the pattern; it is relative to the config.",
  });
}

function sizeOf(path: string): number {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry?.isFile() === true) return entry.size;
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: "The text file does not exist.",
    where: { file: path },
    expected: "a file",
    got: entry === undefined ? "nothing" : "a folder",
    fix: "Correct the path in the config, or create the file.",
  });
}

/** The option as a list. */
export function listOf(files: TextFileEntry | readonly TextFileEntry[]): readonly TextFileEntry[] {
  return isList(files) ? files : [files];
}

function isList(files: TextFileEntry | readonly TextFileEntry[]): files is readonly TextFileEntry[] {
  return Array.isArray(files);
}
