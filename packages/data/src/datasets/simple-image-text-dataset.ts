/** Images with captions from the Hugging Face hub. L tokens per text. */
import {
  defineDataset,
  type MaskGenerator,
  maybeSlot,
  type Sample,
  type SampleRng,
  slot,
  slotList,
  type Transform,
} from "@l3m/core";
import { z } from "zod";
import { HubTable } from "../hub/hub-table.ts";
import { decodeImage } from "../images/decode-image.ts";
import { hubOptions, hubSource, rowMaker, shortName } from "./hub-options.ts";
import type { PreparableDataset, PrepareProgress } from "./prepare-dataset.ts";

const [IMAGE, TEXT] = [0, 1];

interface Parts {
  readonly name: string;
  readonly transform: Transform | undefined;
  readonly rowOf: ReturnType<typeof rowMaker>;
  readonly generators: readonly MaskGenerator[];
}

/** Samples `{ image, text: int32 [L], <key of each generator>, dataset_name }`; an image that cannot be decoded is an `L3M_BAD_SAMPLE` of `get`. */
class SimpleImageTextDataset implements PreparableDataset {
  readonly #table: HubTable;
  readonly #parts: Parts;

  constructor(table: HubTable, parts: Parts) {
    this.#table = table;
    this.#parts = parts;
  }

  prepare(progress?: PrepareProgress): Promise<void> {
    return this.#table.prepare(progress);
  }

  get length(): number {
    return this.#table.length;
  }

  async get(index: number, rng: SampleRng): Promise<Sample> {
    const { name, transform, rowOf, generators } = this.#parts;
    const image = await decodeImage(this.#table.read(index, IMAGE), `row ${index} of ${name}`);
    const decoded: Sample = { image: { data: image.data, shape: [image.height, image.width, 3] } };
    const sample = transform === undefined ? decoded : await transform(decoded, rng.fork("transform"));
    const text = rowOf(Buffer.from(this.#table.read(index, TEXT)).toString("utf8"));
    const drawn = generators.map(
      (generator, i) => [generator.writes, generator.generate(rng.fork(`generator ${i}`))] as const,
    );
    return { ...sample, text, ...Object.fromEntries(drawn), dataset_name: name };
  }
}

/** The dataset `data/simple-image-text-dataset`. */
export const simpleImageTextDataset = defineDataset({
  name: "simple-image-text-dataset",
  summary: "Images and captions of a Hugging Face data set, downloaded on first use: samples { image, text }.",
  aliases: ["l3m.data.huggingface.multimodal.SimpleImageTextDataset"],
  options: z.strictObject({
    ...hubOptions("sezenkarakus/image-description-dataset-v2", "default"),
    image_column: z.string().min(1).default("image").describe("Column of the images."),
  }),
  slots: {
    tokenizer: slot("tokenizer"),
    transforms: maybeSlot("transform"),
    generators: slotList("mask-generator", { default: [] }),
  },
  build(options, context) {
    const { transforms, tokenizer, generators } = options;
    const table = new HubTable(hubSource(options), [options.image_column, options.text_column]);
    return new SimpleImageTextDataset(table, {
      name: shortName(options.dataset),
      transform: transforms === null ? undefined : context.child("transforms", transforms),
      rowOf: rowMaker(tokenizer, context),
      generators: generators.map((ref, i) => context.child(`generators.${i}`, ref)),
    });
  },
});
