/** `image_transform`: 8-bit images `[H, W, 3]` through a transform that draws from torch's stream. */
import { build, type Sample } from "@l3m/core";
import { TorchMt19937 } from "@l3m/data";
import { invariant } from "@l3m/errors";
import { Comparison } from "../comparison.ts";
import { stored, toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";

interface Item {
  readonly in: string;
  readonly out: string;
  readonly torch_seed?: number;
}

export const imageTransform: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, { registry, compat }) {
    const { target, options, fields } = golden;
    const transform = build(registry, "transform", { _target_: target, ...options }, { compat }).product;
    const comparison = new Comparison();
    for (const item of fields["items"] as readonly Item[]) {
      const image = stored(golden, item.in);
      const sample: Sample = { image: { data: Uint8Array.from(image.data), shape: image.shape } };
      const got = (await transform(sample, new TorchMt19937(item.torch_seed ?? 0)))["image"];
      invariant(typeof got === "object", "a transform of images gives an image");
      comparison.array(item.out, got, stored(golden, item.out), toleranceOf(golden, "outputs"));
    }
    return comparison;
  },
};
