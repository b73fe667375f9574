/** Stacking of samples. */
import { build, Registry } from "@l3m/core";
import { describe, expect, it } from "vitest";
import dataPlugin, { type stackSamples } from "../src/index.ts";

describe("default-collate", () => {
  const collate = build(new Registry([dataPlugin]), "collate", "data/default-collate").product;
  const sample = (x: number): Parameters<typeof stackSamples>[0][number] => ({
    a: { data: Float32Array.of(x, x + 1), shape: [2] },
    b: { data: Int32Array.of(x), shape: [] },
    name: `n${x}`,
    good: true,
  });

  it("stacks arrays, numbers and booleans, and lists texts", () => {
    expect(collate([sample(1), sample(5)])).toEqual({
      tensors: {
        a: { data: Float32Array.of(1, 2, 5, 6), shape: [2, 2] },
        b: { data: Int32Array.of(1, 5), shape: [2] },
        good: { data: Uint8Array.of(1, 1), shape: [2] },
      },
      values: { name: ["n1", "n5"] },
    });
  });

  it("refuses what does not fit", () => {
    expect(() => collate([sample(1), { ...sample(2), a: { data: Float32Array.of(1), shape: [1] } }])).toThrowError(
      /L3M_BAD_SHAPE[\s\S]*"a"[\s\S]*f32\[1\]/,
    );
    expect(() => collate([sample(1), { ...sample(2), a: { data: Int32Array.of(1, 2), shape: [2] } }])).toThrowError(
      /i32\[2\]/,
    );
    expect(() => collate([sample(1), { a: { data: Float32Array.of(1, 2), shape: [2] } }])).toThrowError(/"b"/);
  });
});
