/** The seven prompts that CLIP's authors found to do nearly as well as all 80; see imagenet-templates.ts for their source. */
import { defineFunction } from "@l3m/core";
import * as z from "zod";

const TEMPLATES = [
  "itap of a {}.",
  "a bad photo of the {}.",
  "a origami {}.",
  "a photo of the large {}.",
  "a {} in a video game.",
  "art of the {}.",
  "a photo of the small {}.",
];

/** 7 texts in which `{}` stands for the name of a class. */
export const simpleImagenetTemplates = defineFunction({
  name: "simple-imagenet-templates",
  summary: "Seven prompts of CLIP for ImageNet, as texts with {} for the name of a class.",
  aliases: ["l3m.constants.prompts.SIMPLE_IMAGENET_TEMPLATES"],
  options: z.strictObject({}),
  build: () => ({ call: () => TEMPLATES }),
});
