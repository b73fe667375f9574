/** A JSONL file that names images anywhere. */
import { dirname } from "node:path";
import { defineDataset } from "@l3m/core";
import { z } from "zod";
import { ImageTextDataset } from "./image-text-dataset.ts";

/** The dataset `data/image-text-jsonl`. */
export const imageTextJsonl = defineDataset({
  name: "image-text-jsonl",
  summary: "A JSONL file of images and captions; image paths are absolute or relative to `images`.",
  options: z.strictObject({
    file: z.string().describe('Path of the file; lines like {"image": "0001.jpg", "text": "a red bicycle"}.'),
    images: z.string().nullish().describe("Folder of the images; default the folder of the file."),
  }),
  build({ file, images }, context) {
    const captions = context.resolveFile(file);
    return new ImageTextDataset(captions, images == null ? dirname(captions) : context.resolveFile(images));
  },
});
