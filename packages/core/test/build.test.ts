import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import {
  build,
  buildModel,
  corePlugin,
  evalContext,
  L3mErrors,
  Registry,
  validateNode,
  withParams,
  drawParam,
} from "@l3m/core";

const registry = new Registry([corePlugin]);
beforeAll(async () => void (await tf.setBackend("cpu")));

describe("building from a node", () => {
  it("names parameters as PyTorch does and runs under a ParamScope", () => {
    const built = build(registry, "ffn", {
      ffn: "core/mlp",
      in_features: 4,
      hidden_features: 8,
      norm_layer: { norm: "core/rms-norm", eps: 1e-5 },
    });
    expect(built.params.map(({ path, shape }) => [path, shape])).toEqual([
      ["fc1.weight", [8, 4]],
      ["fc1.bias", [8]],
      ["fc2.weight", [4, 8]],
      ["fc2.bias", [4]],
      ["norm.weight", [4]],
    ]);
    const key = tf.tensor1d([1, 2], "int32");
    const values = new Map(built.params.map((spec) => [spec.path, drawParam(spec.init, key, spec.path, spec.shape)]));
    const y = withParams(values, () => built.product.forward(tf.ones([2, 3, 4]), evalContext()));
    expect(y.shape).toEqual([2, 3, 4]);
    expect(tf.mean(tf.square(y)).dataSync()[0]).toBeCloseTo(1, 3); // the output norm
  });

  it("accepts upstream spelling", () => {
    const built = build(registry, "ffn", {
      _target_: "l3m.model.layers.ffn.MLP",
      _args_: [4],
      act_layer: { _target_: "torch.nn.GELU", _partial_: true },
    });
    expect(built.params[0]?.shape).toEqual([4, 4]);
  });

  it("reports every mistake of a tree at once, with places", () => {
    const node = {
      block: "core/meta-model",
      trnk: 1,
      head: { block: "core/nothing" },
      trunk: { norm: "core/rms-norm" },
    };
    const messages = validateNode(registry, "block", node, "model.meta_model").map((error) => error.message);
    expect(messages.join("\n")).toMatch(/model\.meta_model\.trnk[\s\S]*Did you mean "trunk"/);
    expect(messages.join("\n")).toMatch(/model\.meta_model\.head[\s\S]*"core\/nothing" is not registered/);
    expect(messages.join("\n")).toMatch(/model\.meta_model\.trunk[\s\S]*This place takes a block/);
    expect(() => buildModel(registry, node)).toThrow(L3mErrors);
  });
});
