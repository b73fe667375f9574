/** Centre crop. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { crop, type Image, imageOf, withImage } from "../images/image.ts";
import { roundHalfEven } from "../images/round-half-even.ts";
import { heightAndWidth, sizeSchema } from "./image-size.ts";

/** As torchvision: images that are too small are padded with black first. */
export const centerCrop = defineTransform({
  name: "center-crop",
  summary: "Cuts the middle out of an image; smaller images are padded with black.",
  aliases: ["torchvision.transforms.CenterCrop", "torchvision.transforms.transforms.CenterCrop"],
  positional: ["size"],
  options: z.strictObject({ size: sizeSchema, key: z.string().default("image").describe("Key of the image.") }),
  build: ({ size, key }) => {
    const [height, width] = heightAndWidth(size);
    return (sample) => {
      const image = padTo(imageOf(sample, key, "data/center-crop"), height, width);
      const top = roundHalfEven((image.height - height) / 2);
      const left = roundHalfEven((image.width - width) / 2);
      return withImage(sample, key, crop(image, { top, left, height, width }));
    };
  },
});

function padTo(image: Image, minHeight: number, minWidth: number): Image {
  const height = Math.max(image.height, minHeight);
  const width = Math.max(image.width, minWidth);
  if (height === image.height && width === image.width) return image;
  const top = Math.floor((height - image.height) / 2);
  const left = Math.floor((width - image.width) / 2);
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3), ((top + y) * width + left) * 3);
  }
  return { data, height, width };
}
