/** The collation of image classifiers that mixes images and labels. */
import { defineCollate, slot } from "@l3m/core";
import { z } from "zod";
import { wrongField } from "../tensor-field.ts";

/** The collate `data/mixup-collator`. */
export const mixupCollator = defineCollate({
  name: "mixup-collator",
  summary: "Collates samples that have an image and a target by what mixup_fn names: data/mixup.",
  aliases: ["l3m.data.vision.collators.mixup_collator.MixupCollator"],
  positional: ["mixup_fn"],
  options: z.strictObject({}),
  slots: { mixup_fn: slot("collate") },
  build({ mixup_fn: ref }, context) {
    const mix = context.child("mixup_fn", ref);
    return (samples, rng) => {
      for (const key of ["image", "target"])
        if (samples[0]?.[key] === undefined) throw wrongField("data/mixup-collator", key, "a value", undefined);
      return mix(samples, rng);
    };
  },
});
