import { describe, expect, it } from "vitest";
import { erf, erfInv, streamOf, threefry2x32, threefryBits } from "@l3m/tfjs-kernels";

/** Known answers published with Random123 (threefry2x32, 20 rounds). */
const KNOWN: readonly [[number, number], [number, number], [number, number]][] = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [-1, -1],
    [-1, -1],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    [0xc4923a9c, 0x483df7a0],
  ],
];

describe("threefry2x32", () => {
  it.each(KNOWN)("key %j, counter %j", (key, counter, expected) => {
    expect(threefry2x32(key, counter[0], counter[1]).map((word) => word >>> 0)).toEqual(expected);
  });

  it("gives element i the same bits whatever the count", () => {
    const stream = streamOf("trunk.blocks.0");
    expect([...threefryBits([1, 2], stream, 5)]).toEqual([...threefryBits([1, 2], stream, 50).subarray(0, 5)]);
    expect(threefryBits([1, 2], streamOf("a"), 4)).not.toEqual(threefryBits([1, 2], streamOf("b"), 4));
  });
});

describe("erf and its inverse", () => {
  // Abramowitz and Stegun, table 7.1
  it.each([
    [0.5, 0.5204998778],
    [1, 0.8427007929],
    [2, 0.995322265],
    [3, 0.9999779095],
  ])("erf(%f)", (x, expected) => expect(erf(x)).toBeCloseTo(expected, 9));

  it("erfInv inverts erf in single precision", () => {
    for (let x = -2.9; x < 2.9; x += 0.0371)
      expect(Math.abs(erfInv(Math.fround(erf(x))) - x)).toBeLessThan(2e-3 + (1e-6 / (1 - Math.abs(erf(x)))) * 0.1);
  });
});
