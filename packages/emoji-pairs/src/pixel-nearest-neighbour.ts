/** The untrained baseline of the quickstart as a metric, so that it stands beside the model's scores. */
import { defineMetric } from "@l3m/core";
import { z } from "zod";
import { pixelNearestNeighbourBaseline } from "./nearest-neighbour.ts";

/** The metric `emoji-pairs/pixel-nearest-neighbour`. */
export const pixelNearestNeighbour = defineMetric({
  name: "pixel-nearest-neighbour",
  summary: "Retrieval in the unseen style by nearest pixels among the training styles, without any training.",
  options: z.strictObject({
    image_size: z.int().min(8).max(512).default(32).describe("Side of an image in pixels; that of the dataset."),
  }),
  build: ({ image_size: imageSize }) => ({
    reads: [],
    start: () => ({
      update: () => undefined,
      async result() {
        const scores = await pixelNearestNeighbourBaseline({ imageSize });
        return Object.fromEntries(Object.entries(scores).map(([name, value]) => [`baseline/${name}`, value]));
      },
    }),
  }),
});
