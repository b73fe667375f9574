/**
 * Images per second of one core: a 720 x 477 JPEG is decoded, randomly cropped and resized to 224 (bicubic), flipped,
 * turned to floats and normalised. `npx vitest bench packages/data --run`
 */
import { build, type ConfigNode, Registry, type Sample } from "@l3m/core";
import sharp from "sharp";
import { bench } from "vitest";
import dataPlugin, { decodeImage, sampleRng } from "../src/index.ts";

const WIDTH = 720;
const HEIGHT = 477;
const registry = new Registry([dataPlugin]);
const CHAIN: readonly ConfigNode[] = [
  { transform: "data/random-resized-crop", size: 224, scale: [0.4, 1], interpolation: "bicubic" },
  "data/random-horizontal-flip",
  "data/to-tensor",
  { transform: "data/normalize", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
];
const transforms = CHAIN.map((node) => build(registry, "transform", node).product);
const rng = sampleRng(0, 0, 0);

/** Waves of several lengths with some noise, about as hard to decode as a photograph. */
const pixels = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
  const x = Math.floor(i / 3) % WIDTH;
  const y = Math.floor(i / 3 / WIDTH);
  return (
    128 + 50 * Math.sin(x / 40 + (i % 3)) + 40 * Math.cos(y / 25) + 20 * Math.sin(x * y) + (rng.float() - 0.5) * 20
  );
});
const jpeg = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
  .jpeg({ quality: 90 })
  .toBuffer();
const decoded = await decodeImage(jpeg, "bench.jpg");
const sample: Sample = { image: { data: decoded.data, shape: [HEIGHT, WIDTH, 3] } };

async function transform(from: Sample): Promise<void> {
  let out = from;
  for (const step of transforms) out = await step(out, rng);
}

bench("decode 720 x 477", async () => void (await decodeImage(jpeg, "bench.jpg")));
bench("crop, resize to 224, flip, normalise", () => transform(sample));
bench("both", async () => {
  const { data, height, width } = await decodeImage(jpeg, "bench.jpg");
  await transform({ image: { data, shape: [height, width, 3] } });
});
