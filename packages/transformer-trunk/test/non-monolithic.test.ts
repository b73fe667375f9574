import { buildModel, corePlugin, type Model, Registry } from "@l3m/core";
import transformerTrunk from "@l3m/transformer-trunk";
import { describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, transformerTrunk]);

function trunk(layer: unknown, num_blocks = 3): Model {
  return buildModel(registry, {
    block: "transformer-trunk/non-monolithic-transformer-ffn",
    read_key: "x",
    write_key: "y",
    embed_dim: 8,
    num_blocks,
    attn_target: { attention: "transformer-trunk/generic-attention", dim: 8, num_heads: 2 },
    layer,
  });
}

const gated = { module: "transformer-trunk/block", ffn_target: "core/swi-glu-ffn" };

describe("a trunk of several sorts of blocks", () => {
  it("puts every block where it belongs, and a later entry wins", () => {
    const model = trunk([
      { module: "transformer-trunk/block", layers: [0, 1, 2] },
      { module: gated, layers: [1] },
    ]);
    const gates = model.params.filter(({ path }) => path.endsWith("mlp.fc3.weight")).map(({ path }) => path);
    expect(gates).toEqual(["blocks.1.mlp.fc3.weight"]);
  });

  it("names the places that stay empty or do not exist", () => {
    expect(() => trunk([{ module: gated, layers: [0, 3] }])).toThrow(/nothing at 1, nothing at 2, something at 3/);
    expect(() => trunk([{ module: "core/mlp", layers: [0] }], 1)).toThrow(/layer\.0\.module/);
  });
});
