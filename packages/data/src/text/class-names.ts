/** Names of classes from a file. */
import { readFileSync } from "node:fs";
import { defineFunction } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { isPickle, readPickledNames } from "./pickled-names.ts";

const json = z.union([z.array(z.string()), z.record(z.string(), z.string())]);

/**
 * Names in the order of the classes: one per line, a JSON list, or a map from 0, 1, 2, ... to names as JSON or pickled by
 * Python, which is how ml-l3m keeps those of ImageNet.
 *
 * @throws L3M_DATA_NOT_FOUND for a file that cannot be read, L3M_BAD_SAMPLE for one without names
 */
export function readClassNames(file: string): readonly string[] {
  const bytes = read(file);
  const names = isPickle(bytes) ? inOrder(readPickledNames(bytes)) : fromText(bytes.toString("utf8"));
  if (names !== undefined && names.length > 0) return names;
  throw new L3mError("L3M_BAD_SAMPLE", {
    message: "The file holds no names of classes.",
    where: { file },
    expected: "one name per line, a JSON list, or a JSON or pickled map from 0, 1, 2, ... to names",
    got: `${bytes.length} bytes of something else`,
    fix: "Write the names into a text file, one per line, in the order of the classes.",
  });
}

/** The function `data/class-names`. */
export const classNames = defineFunction({
  name: "class-names",
  summary: "The names of the classes of a data set, from a file.",
  options: z.strictObject({
    file: z
      .string()
      .min(1)
      .describe("One name per line, a JSON list or map, or a pickled map; relative to the config."),
  }),
  build: ({ file }, context) => ({ call: () => readClassNames(context.resolveFile(file)) }),
});

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new L3mError("L3M_DATA_NOT_FOUND", {
      message: "The names of the classes cannot be read.",
      where: { file },
      expected: "a file; relative paths start at the folder of the config",
      cause,
      fix: "Correct the path, or put the file there.",
    });
  }
}

function fromText(text: string): readonly string[] | undefined {
  if (!/^\s*[[{]/.test(text)) {
    const lines = text.split("\n").map((line) => line.trim());
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }
  try {
    const { data } = json.safeParse(JSON.parse(text));
    if (data === undefined || Array.isArray(data)) return data;
    return inOrder(new Map(Object.entries(data).map(([id, name]) => [Number(id), name])));
  } catch {
    return undefined;
  }
}

/** Undefined unless the keys are 0 to n - 1. */
function inOrder(names: ReadonlyMap<number, string> | undefined): readonly string[] | undefined {
  const ordered = Array.from({ length: names?.size ?? 0 }, (_, id) => names?.get(id));
  return ordered.every((name) => name !== undefined) ? ordered : undefined;
}
