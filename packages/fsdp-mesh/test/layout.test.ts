import { describe, expect, it } from "vitest";
import { activationDimensions, createMesh, dataParallelLayout, deviceCount, replicated } from "@l3m/fsdp-mesh";

describe("mesh", () => {
  it("fills in the missing axis and drops axes of one device", () => {
    expect(createMesh({ devices: 4, dp_replicate: 2 }).axes).toEqual([
      { name: "dp_replicate", size: 2 },
      { name: "dp_shard", size: 2 },
    ]);
    expect(createMesh({ devices: 2 }).axes).toEqual([{ name: "dp_shard", size: 2 }]);
    expect(createMesh({ devices: 2, dp_replicate: 2 }).axes).toEqual([{ name: "dp_replicate", size: 2 }]);
    expect(deviceCount(createMesh({}))).toBe(1);
  });
  it("refuses axes that do not multiply to the devices", () => {
    expect(() => createMesh({ devices: 4, dp_replicate: 3 })).toThrow(
      /L3M_BAD_OPTION[\s\S]*dp_replicate x dp_shard = 4/,
    );
  });
});

describe("layout", () => {
  const fsdp = dataParallelLayout(createMesh({ devices: 2 }));
  it("splits the first dimension that divides", () => {
    expect(fsdp.param({ shape: [64, 3] })).toEqual([["dp_shard"], []]);
    expect(fsdp.param({ shape: [3, 64] })).toEqual([[], ["dp_shard"]]);
    expect(fsdp.param({ shape: [3] })).toEqual([[]]);
    expect(fsdp.param({ shape: [] })).toEqual([]);
  });
  it("replicates parameters when there is no shard axis, and splits the batch over all data axes", () => {
    const dp = dataParallelLayout(createMesh({ devices: 4, dp_replicate: 2 }));
    expect(dp.batch(3)).toEqual([["dp_replicate", "dp_shard"], [], []]);
    expect(dataParallelLayout(createMesh({ devices: 2, dp_replicate: 2 })).param({ shape: [4, 4] })).toEqual(
      replicated(2),
    );
    expect(activationDimensions(dp, ["batch", "sequence", "embed"])).toEqual([["dp_replicate", "dp_shard"], [], []]);
  });
});
