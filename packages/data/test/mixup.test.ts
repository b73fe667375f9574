/** Mixing of batches: shares, boxes, the beta distribution, and randomness that is the batch's own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type ConfigNode, Registry, type Sample, type SampleRng } from "@l3m/core";
import { describe, expect, it } from "vitest";
import dataPlugin, { betaFrom, createLoader, sampleRng, SequentialSampler } from "../src/index.ts";

const registry = new Registry([dataPlugin]);
const [HEIGHT, WIDTH, CLASSES] = [12, 10, 6];

/** An image of one value, which is also its class. */
const sampleOf = (target: number): Sample => ({
  image: { data: new Float32Array(3 * HEIGHT * WIDTH).fill(target), shape: [3, HEIGHT, WIDTH] },
  target,
  name: `n${target}`,
});

function mix(options: Readonly<Record<string, unknown>>, rng: SampleRng, targets = [0, 1, 2, 3]) {
  const node = { collate: "data/mixup", num_classes: CLASSES, label_smoothing: 0, ...options };
  const { tensors, values } = build(registry, "collate", node).product(targets.map(sampleOf), rng);
  const [image, target] = [tensors["image"], tensors["target"]];
  if (image === undefined || target === undefined) throw new TypeError("no image or target");
  const size = image.data.length / targets.length;
  return {
    values,
    images: targets.map((_, row) => image.data.subarray(row * size, (row + 1) * size)),
    labels: targets.map((_, row) => [...target.data.subarray(row * CLASSES, (row + 1) * CLASSES)]),
  };
}

const mean = (values: Float32Array | Int32Array | Uint8Array): number =>
  [...values].reduce((sum, value) => sum + value, 0) / values.length;

describe("mixup", () => {
  it.each([
    { mixup_alpha: 0.8, cutmix_alpha: 0 },
    { mixup_alpha: 0, cutmix_alpha: 1 },
    { mixup_alpha: 0.8, cutmix_alpha: 1, mode: "elem" },
    { mixup_alpha: 2, cutmix_alpha: 3, mode: "pair" },
    { cutmix_minmax: [0.2, 0.7], mode: "elem", cutmix_high: "ceil" },
  ])("labels every image by its shares with %j", (options) => {
    for (let draw = 0; draw < 20; draw++) {
      const targets = [0, 5, 2, 3, 1, 4];
      const { images, labels, values } = mix(options, sampleRng(3, draw, 0), targets);
      expect(values).toEqual({ name: targets.map((target) => `n${target}`) });
      targets.forEach((own, row) => {
        const partner = targets[targets.length - 1 - row] ?? NaN;
        const label = labels[row] ?? [];
        const share = label[own] ?? NaN;
        expect(share + (label[partner] ?? NaN)).toBeCloseTo(1, 6);
        expect(label.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 6);
        expect(mean(images[row] ?? new Float32Array())).toBeCloseTo(own * share + partner * (1 - share), 4);
      });
    }
  });

  it("cuts one box of the partner's pixels, and shares by the side of a box where asked to", () => {
    // no switch is drawn with one alpha; beta(1, 1) of 0.3 and 0.1 is 0.75; the box is round 6, 5
    const numbers = [0, 0.3, 0.1, 6, 5];
    const rng = (): SampleRng => {
      const left = [...numbers];
      const next = (): number => left.shift() ?? NaN;
      return { uint32: next, float: next, below: next, fork: rng };
    };
    const box = { mixup_alpha: 0, cutmix_alpha: 1 };
    const { images, labels } = mix(box, rng());
    const [first = new Float32Array()] = images;
    const [boxHeight, boxWidth] = [HEIGHT / 2, WIDTH / 2 - 1]; // half of 12; 5 columns, of which 2 on either side
    expect(first.filter((value) => value === 3)).toHaveLength(3 * boxHeight * boxWidth);
    expect(first[3 * WIDTH + 3]).toBe(3);
    expect(labels[0]?.[3]).toBeCloseTo((boxHeight * boxWidth) / (HEIGHT * WIDTH), 6);
    expect(mix({ ...box, correct_lam: false }, rng()).labels[0]?.[3]).toBeCloseTo(0.25, 6);
    expect(mix({ ...box, cutmix_high: "ceil" }, rng()).images[0]?.filter((value) => value === 3)).toHaveLength(
      3 * 6 * 5,
    );
  });

  it("leaves the middle of an odd batch to itself, and everything with probability 0", () => {
    const { images, labels } = mix({}, sampleRng(0, 0, 0), [1, 4, 2]);
    expect(new Set(images[1])).toEqual(new Set([4]));
    expect(labels[1]?.[4]).toBeCloseTo(1, 6);
    expect(mix({ prob: 0, label_smoothing: 0.3 }, sampleRng(0, 0, 0)).labels[2]).toEqual(
      [0.05, 0.05, 0.75, 0.05, 0.05, 0.05].map((share) => expect.closeTo(share, 6)),
    );
  });

  it("says what is wrong", () => {
    const none = { mixup_alpha: 0, cutmix_alpha: 0 };
    expect(() => mix(none, sampleRng(0, 0, 0))).toThrowError(/nothing to mix/);
    expect(() => mix({}, sampleRng(0, 0, 0), [0, 6])).toThrowError(/num_classes above 6/);
    const collator = {
      _target_: "l3m.data.vision.collators.mixup_collator.MixupCollator",
      mixup_fn: "timm.data.Mixup",
    };
    const collate = build(registry, "collate", collator).product;
    expect(() => collate([{ image: 1 }], sampleRng(0, 0, 0))).toThrowError(/"target"/);
    expect(() => collate([{ image: 1, target: 1 }], sampleRng(0, 0, 0))).toThrowError(/f32\[B,C,H,W\]/);
  });
});

describe("the randomness of a batch", () => {
  const node: ConfigNode = {
    _target_: "l3m.data.vision.collators.mixup_collator.MixupCollator",
    _partial_: false,
    mixup_fn: { _target_: "timm.data.Mixup", mixup_alpha: 0.8, cutmix_alpha: 1, num_classes: CLASSES },
  };

  async function batches(seed: number): Promise<(Float32Array | Int32Array | Uint8Array | undefined)[]> {
    const dataset = { length: 6, get: sampleOf };
    const pipeline = { dataset, transforms: [], collate: build(registry, "collate", node).product };
    const sampler = new SequentialSampler({ dataset, batchSize: 2, seed: 0 });
    const loader = await createLoader({ pipeline, sampler, seed });
    const next = async () => (await loader.next())?.batch.tensors["target"]?.data;
    return [await next(), await next(), await next()];
  }

  it("comes from the seed and the batch", async () => {
    const [first, again, other] = [await batches(1), await batches(1), await batches(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const shares = first.map((targets, i) => targets?.[2 * i]);
    expect(new Set(shares).size).toBe(3);
  });
});

describe("the beta distribution", () => {
  const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/beta.json"), "utf8")) as {
    cases: { a: number; uniform: number[]; beta: number[] }[];
  };

  it.each(cases)("with a = $a is numpy's, draw by draw", ({ a, uniform, beta }) => {
    const left = [...uniform];
    const float = (): number => left.shift() ?? NaN;
    const rng: SampleRng = { uint32: float, below: float, float, fork: () => rng };
    const draw = betaFrom(rng);
    for (const expected of beta) expect(draw(a)).toBeCloseTo(expected, 14);
  });
});
