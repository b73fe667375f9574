/** A folder with `images/` and `captions.jsonl`. */
import { join } from "node:path";
import { defineDataset } from "@l3m/core";
import { z } from "zod";
import { ImageTextDataset } from "./image-text-dataset.ts";

/** The dataset `data/image-text-folder`. */
export const imageTextFolder = defineDataset({
  name: "image-text-folder",
  summary: "A folder with images/ and captions.jsonl; its image paths are relative to images/.",
  options: z.strictObject({ root: z.string().describe("Path of the folder.") }),
  build({ root }, context) {
    const folder = context.resolveFile(root);
    return new ImageTextDataset(join(folder, "captions.jsonl"), join(folder, "images"));
  },
});
