/** Philox against the known answers of its authors (Random123, kat_vectors), and the streams built on it. */
import { describe, expect, it } from "vitest";
import { permutation, philox4x32, sampleRng } from "../src/index.ts";

const KNOWN_ANSWERS: readonly [counter: number[], key: number[], block: number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

describe("philox4x32", () => {
  it.each(KNOWN_ANSWERS)("gives the published block of counter %s and key %s", (counter, key, block) => {
    const out = new Uint32Array(4);
    philox4x32(Uint32Array.from(counter), Uint32Array.from(key), out);
    expect([...out]).toEqual(block);
  });
});

describe("sampleRng", () => {
  const first = (rng: ReturnType<typeof sampleRng>): number[] => Array.from({ length: 6 }, () => rng.uint32());

  it("depends on seed, draw, index and fork, and on nothing else", () => {
    expect(first(sampleRng(1, 2, 3))).toEqual(first(sampleRng(1, 2, 3)));
    const streams = [
      sampleRng(1, 2, 3),
      sampleRng(2, 2, 3),
      sampleRng(1, 3, 3),
      sampleRng(1, 2, 4),
      sampleRng(1, 2 ** 40, 3),
      sampleRng(1, 2, 3).fork("a"),
      sampleRng(1, 2, 3).fork("b"),
      sampleRng(1, 2, 3).fork("a").fork("a"),
    ];
    expect(new Set(streams.map((rng) => first(rng).join())).size).toBe(streams.length);
  });

  it("forks the same stream before and after drawing", () => {
    const rng = sampleRng(0, 0, 0);
    const before = first(rng.fork("x"));
    rng.float();
    expect(first(rng.fork("x"))).toEqual(before);
  });

  it("is uniform", () => {
    const rng = sampleRng(0, 0, 0);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) {
      const face = rng.below(7);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(22.5); // 0.1 % quantile with 6 degrees of freedom
    const floats = Array.from({ length: 20_000 }, () => rng.float());
    expect(floats.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(floats.reduce((sum, x) => sum + x, 0) / floats.length).toBeCloseTo(0.5, 2);
  });

  it("permutes", () => {
    const order = permutation(1000, sampleRng(0, 0, 0));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order.subarray(0, 20)]).not.toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
