/** Images in one folder per class. */
import { defineDataset } from "@l3m/core";
import { z } from "zod";
import { IMAGE_EXTENSIONS } from "../files/image-folder-files.ts";
import { imageFolderDataset, imageFolderSlots } from "./image-folder-dataset.ts";

/** The dataset `data/custom-image-folder`. */
export const customImageFolder = defineDataset({
  name: "custom-image-folder",
  summary: "Images in one folder per class: samples { image, target }, classes numbered by the sorted folder names.",
  aliases: ["l3m.data.vision.datasets.image_folder.CustomImageFolder"],
  positional: ["root", "transform", "target_transform"],
  options: z.strictObject({ root: z.string().min(1).describe("Folder with one folder of images for each class.") }),
  slots: imageFolderSlots,
  build: ({ root, ...slots }, context) => imageFolderDataset(root, IMAGE_EXTENSIONS, slots, context),
});
