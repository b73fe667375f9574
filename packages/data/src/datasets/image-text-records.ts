/** Reading of `captions.jsonl`: one JSON object a line with the path of an image and its caption. */
import { readFile } from "node:fs/promises";
import { L3mError } from "@l3m/errors";
import { z } from "zod";

const recordSchema = z.looseObject({
  image: z.string().min(1),
  text: z.union([z.string(), z.array(z.string()).min(1)]),
  concept: z.union([z.string(), z.number()]).optional(),
});

/** One line. `text` may be several captions, of which one is drawn each time. */
export interface ImageTextRecord {
  readonly image: string;
  readonly text: string | readonly string[];
  readonly concept?: string | number | undefined;
}

/** All records of a file; empty lines are skipped. Throws `L3M_DATA_NOT_FOUND`, or `L3M_BAD_SAMPLE` with the line that is wrong. */
export async function readImageTextRecords(file: string): Promise<ImageTextRecord[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new L3mError("L3M_DATA_NOT_FOUND", {
      message: "The captions of the data set cannot be read.",
      where: { file },
      expected: 'a file with lines like {"image": "0001.jpg", "text": "a red bicycle"}',
      got: cause instanceof Error ? cause.message : String(cause),
      fix: "Correct the path in the config, or create the file.",
      cause,
    });
  }
  const records: ImageTextRecord[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() !== "") records.push(parseRecord(line, file, i + 1));
  });
  return records;
}

function parseRecord(line: string, file: string, number: number): ImageTextRecord {
  let problem: string;
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    problem = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new L3mError("L3M_BAD_SAMPLE", {
    message: "A line of the captions is not what it should be.",
    where: { file, line: number },
    expected: '{"image": "0001.jpg", "text": "a red bicycle"}, optionally with "concept"',
    got: problem,
    fix: "Correct or remove the line.",
  });
}
