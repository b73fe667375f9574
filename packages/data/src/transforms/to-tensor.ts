/** From bytes `[H, W, C]` in 0..255 to floats `[C, H, W]` in 0..1, PyTorch's layout. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { imageOf } from "../images/image.ts";

/** The transform `data/to-tensor`. */
export const toTensor = defineTransform({
  name: "to-tensor",
  summary: "uint8 [H, W, 3] in 0..255 to float32 [3, H, W] in 0..1.",
  aliases: ["torchvision.transforms.ToTensor", "torchvision.transforms.transforms.ToTensor"],
  options: z.strictObject({ key: z.string().default("image").describe("Key of the image.") }),
  build:
    ({ key }) =>
    (sample) => {
      const { data: bytes, height, width } = imageOf(sample, key, "data/to-tensor");
      const pixels = height * width;
      const data = new Float32Array(3 * pixels);
      for (let channel = 0; channel < 3; channel++) {
        let from = channel;
        const end = (channel + 1) * pixels;
        for (let to = channel * pixels; to < end; to++, from += 3) data[to] = (bytes[from] ?? 0) / 255;
      }
      return { ...sample, [key]: { data, shape: [3, height, width] } };
    },
});
