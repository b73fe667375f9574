/** Images with endings of one's own in one folder per class. */
import { defineDataset } from "@l3m/core";
import { z } from "zod";
import { imageFolderDataset, imageFolderSlots } from "./image-folder-dataset.ts";

/** How upstream names what reads a file; only images are read here. */
const PIL_LOADER = "l3m.data.vision.datasets.image_folder.pil_loader";

/** The dataset `data/dataset-folder`. */
export const datasetFolder = defineDataset({
  name: "dataset-folder",
  summary: "As data/custom-image-folder, for images whose names end as `extensions` says.",
  aliases: ["l3m.data.vision.datasets.image_folder.DatasetFolder"],
  positional: ["root", "loader", "extensions", "transform", "target_transform"],
  options: z.strictObject({
    root: z.string().min(1).describe("Folder with one folder of images for each class."),
    extensions: z.array(z.string().min(1)).min(1).describe("Endings of the files that are read, in any case: [.jpg]."),
    loader: z
      .strictObject({ _target_: z.literal(PIL_LOADER), _partial_: z.literal(true).optional() })
      .optional()
      .describe("What reads a file, in upstream's words; images are all that is read here."),
  }),
  slots: imageFolderSlots,
  build: ({ root, extensions, loader: _, ...slots }, context) => imageFolderDataset(root, extensions, slots, context),
});
