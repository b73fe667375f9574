import { describe, expect, it } from "vitest";
import { encodeCompileOptions } from "../src/compile-options.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("CompileOptionsProto", () => {
  it("has the bytes that XLA's own parser read back", () => {
    // executable_build_options: device_ordinal -1, num_replicas 1, num_partitions 1, spmd 0, assignment {1, 1, [0]}, shardy 0
    expect(hex(encodeCompileOptions({}))).toBe("1a1f08ffffffffffffffffff012001280130004a09080110011a030a0100980100");
    // Four partitions: computation_count 4 and one computation device each
    expect(hex(encodeCompileOptions({ numPartitions: 4 }))).toBe(
      "1a2e08ffffffffffffffffff012001280430014a18080110041a030a01001a030a01011a030a01021a030a0103980101",
    );
  });

  it("sends flags as typed overrides", () => {
    const all = hex(encodeCompileOptions({ flags: { ab: false, c: 300n, d: 0.5, e: "x" } }));
    expect(
      all.endsWith(
        ["3a080a02616212021000", "3a080a0163120318ac02", "3a0a0a016412050a03302e35", "3a080a016512030a0178"].join(""),
      ),
    ).toBe(true);
  });

  it("refuses a number of partitions that is none", () => {
    for (const numPartitions of [0, 1.5, -1, Number.NaN])
      expect(() => encodeCompileOptions({ numPartitions })).toThrow(/positive integer/);
  });
});
