/** Bits per byte against the coding theorem and a naive sum. */
import { build, type HostArray, Registry } from "@l3m/core";
import { describe, expect, it } from "vitest";
import losses from "../src/index.ts";

const registry = new Registry([losses]);

async function score(
  batches: readonly { logits: HostArray; labels: HostArray; bytes: HostArray }[],
  node: Record<string, unknown> = {},
): Promise<Readonly<Record<string, number>>> {
  const run = build(registry, "metric", { metric: "losses/bits-per-byte", ...node }).product.start();
  for (const batch of batches) run.update(batch);
  return run.result();
}

const ints = (shape: number[], values: number[]): HostArray => ({ data: Int32Array.from(values), shape });
const floats = (shape: number[], values: number[]): HostArray => ({ data: Float32Array.from(values), shape });

describe("losses/bits-per-byte", () => {
  it("is log2 V for uniform predictions of bytes, whatever their logits", async () => {
    const batch = (level: number): Parameters<typeof score>[0][number] => ({
      logits: floats([2, 3, 256], new Array<number>(2 * 3 * 256).fill(level)),
      labels: ints([2, 4], [9, 1, 2, 3, 9, 4, 255, -100]),
      bytes: ints([2], [3, 2]),
    });
    expect((await score([batch(0), batch(1e4), batch(-1e4)]))["bits_per_byte"]).toBeCloseTo(8, 10);
  });

  it("sums over targets that count and divides by bytes, with targets shifted here or before", async () => {
    const logits = Array.from({ length: 2 * 2 * 3 }, (_, i) => Math.sin(i) * 3);
    const probability = (row: number, id: number): number => {
      const weights = logits.slice(row * 3, row * 3 + 3).map((value) => Math.exp(Math.fround(value)));
      return (weights[id] ?? NaN) / weights.reduce((a, b) => a + b);
    };
    const expected = -(Math.log2(probability(0, 2)) + Math.log2(probability(1, 0)) + Math.log2(probability(3, 1))) / 7;
    const given = { logits: floats([2, 2, 3], logits), bytes: ints([2], [5, 2]) };
    const long = await score([{ ...given, labels: ints([2, 3], [1, 2, 0, 1, 7, 1]) }], { ignore_index: 7 });
    const shifted = await score([{ ...given, labels: ints([2, 2], [2, 0, 7, 1]) }], { ignore_index: 7 });
    expect(long["bits_per_byte"]).toBeCloseTo(expected, 10);
    expect(shifted).toEqual(long);
  });

  it("shows a compressor beside the score", async () => {
    const batch = { logits: floats([1, 1, 2], [0, 0]), labels: ints([1, 1], [0]), bytes: ints([1], [1]) };
    expect(await score([batch], { baseline: 2.53 })).toEqual({ bits_per_byte: 1, "baseline/bits_per_byte": 2.53 });
  });

  it("refuses targets of another length", async () => {
    const batch = { logits: floats([1, 1, 2], [0, 0]), labels: ints([1, 3], [0, 0, 0]), bytes: ints([1], [1]) };
    await expect(score([batch])).rejects.toMatchObject({ code: "L3M_BAD_SHAPE" });
  });
});
