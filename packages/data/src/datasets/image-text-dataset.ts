/** Images on disk with captions in a JSONL file; behind `image-text-folder` and `image-text-jsonl`. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Sample, SampleRng } from "@l3m/core";
import { invariant, L3mError } from "@l3m/errors";
import { readImage } from "../images/decode-image.ts";
import { type ImageTextRecord, readImageTextRecords } from "./image-text-records.ts";
import type { PreparableDataset } from "./prepare-dataset.ts";

/** Samples `{ image: uint8 [H, W, 3], text }`. An image that cannot be read is an `L3M_BAD_SAMPLE` of `get`. */
export class ImageTextDataset implements PreparableDataset {
  readonly #captions: string;
  readonly #images: string;
  #records: readonly ImageTextRecord[] | undefined;
  /** Numbers of the records' `concept`, if every record has one. */
  concepts?: Int32Array;

  /** `captions` is the JSONL file; image paths in it are relative to the folder `images`. */
  constructor(captions: string, images: string) {
    this.#captions = captions;
    this.#images = images;
  }

  /** Throws `L3M_DATA_NOT_FOUND` if the captions or the image folder are missing, or if there is no line. */
  async prepare(): Promise<void> {
    if (this.#records !== undefined) return;
    const records = await readImageTextRecords(this.#captions);
    await requireFolder(this.#images);
    if (records.length === 0) {
      throw new L3mError("L3M_DATA_NOT_FOUND", {
        message: "The captions file has no lines.",
        where: { file: this.#captions },
        fix: "Add lines, or correct the path.",
      });
    }
    this.#records = records;
    const concepts = conceptNumbers(records);
    if (concepts !== undefined) this.concepts = concepts;
  }

  get length(): number {
    return this.#loaded().length;
  }

  async get(index: number, rng: SampleRng): Promise<Sample> {
    const record = this.#loaded()[index];
    invariant(record !== undefined, `the dataset has no item ${index}`);
    const { data, height, width } = await readImage(resolve(this.#images, record.image));
    const { text } = record;
    const caption = typeof text === "string" ? text : text[rng.fork("caption").below(text.length)];
    return { image: { data, shape: [height, width, 3] }, text: caption ?? "" };
  }

  #loaded(): readonly ImageTextRecord[] {
    invariant(this.#records !== undefined, "the dataset was used before prepare()");
    return this.#records;
  }
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (found) return;
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: "The image folder does not exist.",
    where: { file: folder },
    expected: "a folder with the images that the captions name",
    got: "no folder",
    fix: "Correct the path in the config, or create the folder.",
  });
}

function conceptNumbers(records: readonly ImageTextRecord[]): Int32Array | undefined {
  const numbers = new Map<string | number, number>();
  const concepts = new Int32Array(records.length);
  for (const [index, { concept }] of records.entries()) {
    if (concept === undefined) return undefined;
    const number = numbers.get(concept) ?? numbers.size;
    numbers.set(concept, number);
    concepts[index] = number;
  }
  return concepts;
}
