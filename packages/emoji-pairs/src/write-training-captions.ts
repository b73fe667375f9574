/** The training captions as a text file, one per line: what `l3m tokenizer train` takes. */
import { writeFile } from "node:fs/promises";
import { loadArt } from "./art-cache.ts";
import { trainingCaptions } from "./captions.ts";

/** Writes the full caption of every training concept to `file` and returns how many there are. */
export async function writeTrainingCaptions(file: string): Promise<number> {
  const captions = trainingCaptions(await loadArt(32));
  await writeFile(file, captions.map((caption) => `${caption}\n`).join(""));
  return captions.length;
}
