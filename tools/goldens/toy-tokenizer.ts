/** A thing that a case builds although neither ml-l3m nor L3M has it. B batch, H and W sides of the image. */
import { defineModule, definePlugin, type OptionSchema } from "@l3m/core";
import * as tf from "@l3m/core/tf";

const PATCH = 4;

/** Takes any options: the size of the image, which it also sees. */
const options: OptionSchema = {
  "~standard": { version: 1, vendor: "l3m-goldens", validate: (value) => ({ value }) },
};

/** A frozen image tokenizer: mean over 4 x 4 pixels, then the channel with the largest value: `[B, 3, H, W]` to `[B, H/4, W/4]`. */
const toyTokenizer = defineModule({
  name: "toy-tokenizer",
  summary: "Ids of an image without parameters: the brightest channel of every 4 x 4 patch.",
  aliases: ["toytok.Tok"],
  options,
  build: () => ({
    forward(image) {
      const [B = 0, C = 0, H = 0, W = 0] = image.shape;
      const cells = tf.reshape(image, [B * C, H / PATCH, PATCH, W / PATCH, PATCH]);
      const means = tf.reshape(tf.mean(cells, [2, 4]), [B, C, H / PATCH, W / PATCH]);
      return tf.argMax(means, 1);
    },
  }),
});

/** Plugin that a registry for golden cases needs beside the official ones. */
export const goldenStandIns = definePlugin({ namespace: "golden-stand-ins", provides: [toyTokenizer] });
