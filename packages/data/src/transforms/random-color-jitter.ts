/** Random colours: gain of each channel, contrast around mid-grey, brightness. Values may leave 0..1; nothing is clamped. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { floatImageOf, withPixels } from "../images/float-image.ts";

const MID_GREY = 0.5;
const strength = z.number().min(0).max(1);

/** The transform `data/random-color-jitter`. */
export const randomColorJitter = defineTransform({
  name: "random-color-jitter",
  summary: "(x - 0.5) * contrast * gain[channel] + 0.5 + brightness, with random factors.",
  options: z.strictObject({
    gain: strength.default(0.2).describe("Each channel is multiplied by 1 +- this."),
    contrast: strength.default(0.2).describe("All channels are multiplied by 1 +- this."),
    brightness: strength.default(0.1).describe("+- this is added."),
    key: z.string().default("image"),
  }),
  build:
    ({ gain, contrast, brightness, key }) =>
    (sample, rng) => {
      const image = floatImageOf(sample, key, "data/random-color-jitter");
      const around = (size: number): number => size * (2 * rng.float() - 1);
      const contrastFactor = 1 + around(contrast);
      const offset = MID_GREY + around(brightness);
      const source = image.data;
      const data = new Float32Array(source.length);
      const pixels = image.height * image.width;
      for (let channel = 0; channel < image.channels; channel++) {
        const factor = contrastFactor * (1 + around(gain));
        const end = (channel + 1) * pixels;
        for (let i = channel * pixels; i < end; i++) data[i] = ((source[i] ?? 0) - MID_GREY) * factor + offset;
      }
      return withPixels(sample, key, image, data);
    },
});
