/**
 * Time to assemble one batch of the CLIP quickstart (128 images of 32 pixels with augmentation, captions, token ids) in
 * this thread. Run after a build: `npx vitest bench packages/emoji-pairs --run`.
 */
import { build, Registry, type ConfigNode } from "@l3m/core";
import dataPlugin, { createLoader, DistinctConceptsSampler, prepareDataset } from "@l3m/data";
import { beforeAll, bench } from "vitest";
import emojiPairsPlugin from "../src/index.ts";

const registry = new Registry([dataPlugin, emojiPairsPlugin]);
const TRANSFORMS: readonly ConfigNode[] = [
  "data/to-tensor",
  { transform: "data/random-scale-shift", scale: [0.92, 1.1], shift: 0.072 },
  "data/random-color-jitter",
  "data/random-grayscale",
  { transform: "data/normalize", mean: 0.6, std: 0.3 },
];

const dataset = build(registry, "dataset", { dataset: "emoji-pairs/emoji-pairs", split: "train" }).product;
const transforms = TRANSFORMS.map((node) => build(registry, "transform", node).product);
const collate = build(registry, "collate", {
  collate: "data/image-text-collate",
  context_length: 16,
  tokenizer: { tokenizer: "data/bpe-tokenizer", file: `${import.meta.dirname}/../tokenizer.json` },
}).product;
let loader: Awaited<ReturnType<typeof createLoader>>;

beforeAll(async () => {
  await prepareDataset(dataset);
  loader = await createLoader({
    pipeline: { dataset, transforms, collate },
    sampler: new DistinctConceptsSampler({ dataset, batchSize: 128, seed: 0 }),
    seed: 0,
  });
});

bench("a quickstart batch of 128", async () => void (await loader.next()), { warmupIterations: 5, iterations: 50 });
