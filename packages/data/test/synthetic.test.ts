/** Random samples: shapes, types and ranges as declared; the same again from the same seed. */
import { build, type ConfigNode, Registry, type Sample } from "@l3m/core";
import { describe, expect, it } from "vitest";
import dataPlugin, { sampleRng } from "../src/index.ts";

const FIELDS = {
  image: { shape: [3, 4, 4], min: -2, max: 2 },
  raw: { shape: [4, 4, 3], dtype: "uint8", max: 256 },
  text: { shape: [9], dtype: "int32", min: 5, max: 8 },
};

const registry = new Registry([dataPlugin]);

function datasetOf(options: Record<string, unknown> = {}): (index: number) => Sample {
  const node: ConfigNode = { dataset: "data/synthetic", fields: FIELDS, ...options };
  const dataset = build(registry, "dataset", node).product;
  return (index) => dataset.get(index, sampleRng(0, 0, index)) as Sample;
}

describe("data/synthetic", () => {
  it("has the declared shapes, types and ranges", () => {
    const sample = datasetOf();
    const { image, raw, text } = sample(3) as Record<string, { data: Float32Array; shape: number[] }>;
    expect([image?.shape, raw?.shape, text?.shape]).toEqual([[3, 4, 4], [4, 4, 3], [9]]);
    expect(image?.data).toBeInstanceOf(Float32Array);
    expect(raw?.data).toBeInstanceOf(Uint8Array);
    expect(text?.data).toBeInstanceOf(Int32Array);
    const ids = new Set(
      Array.from({ length: 40 }, (_, i) => [...(sample(i)["text"] as { data: Int32Array }).data]).flat(),
    );
    expect([...ids].sort()).toEqual([5, 6, 7]);
    expect(image?.data.every((value) => value >= -2 && value < 2)).toBe(true);
  });

  it("depends on seed and index alone", () => {
    const sample = datasetOf();
    expect(datasetOf()(3)).toEqual(sample(3));
    expect(sample(4)).not.toEqual(sample(3));
    expect(datasetOf({ seed: 1 })(3)).not.toEqual(sample(3));
  });

  it("refuses empty ranges and numbers that a type does not hold", () => {
    const bad = (field: Record<string, unknown>) => () => datasetOf({ fields: { x: { shape: [2], ...field } } });
    expect(bad({ min: 1 })).toThrow(/have no range/);
    expect(bad({ dtype: "uint8", max: 300 })).toThrow(/\[0, 256\]/);
    expect(bad({ dtype: "int32", max: 1.5 })).toThrow(/integers/);
  });
});
