/** Masks that are drawn for every sample: shapes, laws, where they go, and that only seed, draw and index decide them. */
import { build, type ConfigNode, defineDataset, definePlugin, Registry, type Sample } from "@l3m/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import dataPlugin, { prepareDataset, sampleRng } from "../src/index.ts";

const N = 16;

/** Three items, known only after `prepare`. */
const indices = defineDataset({
  name: "mask-generators",
  summary: "Indices.",
  options: z.strictObject({}),
  build: () => ({
    length: 3,
    credits: ["somebody"],
    get: (index: number): Sample => ({ index, mask: "old" }),
    async prepare() {
      await Promise.resolve();
      Object.assign(this, { concepts: Int32Array.of(7, 8, 9) });
    },
  }),
});
const registry = new Registry([dataPlugin, definePlugin({ namespace: "test", provides: [indices] })]);

function generatorOf(name: string, options: Record<string, unknown> = {}) {
  return build(registry, "mask-generator", { mask_generator: `data/${name}`, write_key: "mask", ...options }).product;
}

function draws(name: string, options: Record<string, unknown>, count = 200): string[] {
  const generator = generatorOf(name, options);
  return Array.from({ length: count }, (_, index) => {
    const field = generator.generate(sampleRng(0, 0, index)) as { data: Uint8Array; shape: readonly number[] };
    expect(field.shape).toEqual(field.data.length === 1 ? [] : [N]);
    return field.data.join("");
  });
}

describe("mask generators", () => {
  it("random-raster-masking shows prefixes of every length in its range, and no other", () => {
    const lengths = draws("random-raster-masking", { num_patches: N, prefix_range: [3, 9], multipleof: 2 }).map(
      (mask) => {
        expect(mask).toMatch(/^0+1+$/);
        return mask.indexOf("1");
      },
    );
    expect([...new Set(lengths)].sort()).toEqual([4, 6, 8]);
  });

  it("random-raster-masking starts anywhere, or hides nothing", () => {
    const runs = draws("random-raster-masking", { num_patches: N, prefix_range: [4, 4], sample_start: true });
    for (const mask of runs) expect(mask).toMatch(/^1*00001+$/);
    expect(new Set(runs).size).toBe(N - 4);
    const whole = { num_patches: N, prefix_range: [N, N], sample_start: true };
    expect(new Set(draws("random-raster-masking", whole))).toEqual(new Set(["0".repeat(N)]));
    expect(draws("random-raster-masking", { num_patches: N, force_full_attn: true }, 1)).toEqual(["0".repeat(N)]);
  });

  it("random-masking hides as many patches as the ratio says, each as often as the others", () => {
    const masks = draws("random-masking", { num_patches: N }, 400);
    const hidden = Array.from({ length: N }, (_, patch) => masks.filter((mask) => mask[patch] === "1").length / 400);
    for (const mask of masks) expect(mask.replaceAll("0", "")).toHaveLength(12);
    for (const share of hidden) expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / 400));
    expect(draws("raster-masking", { num_patches: N, masking_ratio: 0.75 }, 1)).toEqual(["0000111111111111"]);
  });

  it("random-binary-choice has its probability and its type", () => {
    const ones = draws("random-binary-choice", { prob: 0.3 }, 1000).filter((choice) => choice === "1").length;
    expect(Math.abs(ones / 1000 - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 1000));
    const always = generatorOf("random-binary-choice", { prob: 1, cast_type: "float" }).generate(sampleRng(0, 0, 0));
    expect(always).toEqual({ data: Float32Array.of(1), shape: [] });
  });

  it("depends on seed, draw and index alone", () => {
    const options = { num_patches: N, prefix_range: [1, 15] };
    expect(draws("random-raster-masking", options)).toEqual(draws("random-raster-masking", options));
    expect(draws("random-raster-masking", { ...options, seed: 1 })).not.toEqual(
      draws("random-raster-masking", options),
    );
  });

  it("names what does not fit", () => {
    expect(() => generatorOf("random-raster-masking", { num_patches: N })).toThrow(/longer than the image/);
    expect(() => generatorOf("random-raster-masking", { prefix_range: [1, 3], multipleof: 5 })).toThrow(
      /multiple of 5/,
    );
    expect(() => generatorOf("raster-masking", { write_key: null })).toThrow(/Add write_key/);
  });
});

describe("what gives the masks to samples", () => {
  const generator = { mask_generator: "data/random-raster-masking", num_patches: N, prefix_range: [1, 15] };

  it("data/generate-mask adds one", async () => {
    const node: ConfigNode = { transform: "data/generate-mask", generator: { ...generator, write_key: "prefix" } };
    const transform = build(registry, "transform", node).product;
    const sample = await transform({ text: "a" }, sampleRng(0, 0, 0));
    expect(Object.keys(sample)).toEqual(["text", "prefix"]);
    expect(sample["prefix"]).toMatchObject({ shape: [N] });
  });

  it("data/dataset-with-generator adds several, independent of each other, to what another dataset brings", async () => {
    const dataset = build(registry, "dataset", {
      dataset: "data/dataset-with-generator",
      base_dataset: "test/mask-generators",
      generators: [
        { ...generator, write_key: "mask" },
        { ...generator, write_key: "other" },
      ],
    }).product;
    await prepareDataset(dataset);
    expect([dataset.length, dataset.credits, dataset.concepts]).toEqual([3, ["somebody"], Int32Array.of(7, 8, 9)]);
    const samples = await Promise.all([0, 1, 2].map(async (i) => dataset.get(i, sampleRng(0, 0, i))));
    expect(samples.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(samples.map(({ mask }) => mask)).not.toEqual(samples.map(({ other }) => other));
  });
});
