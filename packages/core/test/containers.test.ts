import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import {
  build,
  buildModel,
  type ContainerBlock,
  corePlugin,
  type DataDict,
  defineBlock,
  definePlugin,
  evalContext,
  maybeRead,
  Registry,
  walkKeyFlow,
  withParams,
  write,
} from "@l3m/core";
import * as z from "zod";

const registry = new Registry([corePlugin]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const linear = (read_key: string, write_key: string) => ({
  block: "core/generic-block",
  module: { module: "core/linear", in_features: 2, out_features: 2 },
  read_key,
  write_key,
});
const key = (): tf.Tensor => tf.tensor1d([3, 4], "int32");

describe("in-series-meta-models", () => {
  const node = { block: "core/in-series-meta-models", models: { a: linear("x", "y"), b: linear("y", "z") } };

  it("declares as written, runs in order, and runs one by name", () => {
    const model = buildModel(registry, {
      ...node,
      models: { b: linear("y", "z"), a: linear("x", "y") },
      order: ["a", "b"],
    });
    expect(model.params.map(({ path }) => path)).toEqual(
      ["b", "a"].flatMap((name) => [`models.${name}.module.weight`, `models.${name}.module.bias`]),
    );
    const values = model.initialise(key());
    expect([...model.forward(values, new Map([["x", tf.ones([1, 2])]])).keys()]).toEqual(["x", "y", "z"]);
    const root = model.root as ContainerBlock;
    const dict: DataDict = new Map([["y", tf.ones([1, 2])]]);
    expect([...withParams(values, () => root.named.get("b")?.forward(dict, evalContext()) ?? dict).keys()]).toEqual([
      "y",
      "z",
    ]);
  });

  it("wants every model in the order once", () => {
    expect(() => buildModel(registry, { ...node, order: ["a"] })).toThrow(/does not name every model/);
    expect(() => buildModel(registry, { ...node, order: ["a", "a"] })).toThrow(/does not name every model/);
  });
});

describe("no-grad-model", () => {
  const node = {
    block: "core/multi-block",
    blocks: [linear("x", "t"), { block: "core/no-grad-model", model: linear("t", "u") }, linear("u", "v")],
  };

  it("freezes the model and stops gradients at it, and only there", () => {
    const model = buildModel(registry, node);
    expect(model.params.filter(({ trainable }) => !trainable).map(({ path }) => path)).toEqual([
      "blocks.1.model.module.weight",
      "blocks.1.model.module.bias",
    ]);
    const values = model.initialise(key());
    const loss = (target: string) => (x: tf.Tensor) =>
      tf.sum(model.forward(values, new Map([["x", x]])).get(target) as tf.Tensor);
    const x = tf.ones([1, 2]);
    expect(tf.max(tf.abs(tf.grad(loss("t"))(x))).dataSync()[0]).toBeGreaterThan(0); // t passes the frozen model by
    expect(() => tf.grad(loss("u"))(x)).toThrow(/Cannot compute gradient/); // no path
    expect(() => tf.grad(loss("v"))(x)).toThrow(/Cannot compute gradient/);
  });
});

describe("options and ports", () => {
  it("takes layers by position and any option where the schema is open", () => {
    const node = {
      _target_: "torch.nn.Sequential",
      _args_: [
        { _target_: "torch.nn.Linear", _args_: [3, 2, false] },
        "core/relu",
        { attention: "core/generic-identity", what: [1] },
      ],
    };
    const built = build(registry, "module", node);
    expect(built.params.map(({ path, shape }) => [path, shape])).toEqual([["0.weight", [2, 3]]]);
    expect(() =>
      build(registry, "module", { module: "core/linear", in_features: 1, out_features: 1, what: 1 }),
    ).toThrow(/no option "what"/);
  });

  it("demands one of two alternative reads", () => {
    const either = defineBlock({
      name: "either",
      summary: "Reads a, or b.",
      options: z.strictObject({}),
      ports: { a: maybeRead("a", undefined, { unless: "b" }), b: maybeRead("b"), y: write("y") },
      build: () => ({ forward: ({ a, b }) => ({ y: (a ?? b) as tf.Tensor }) }),
    });
    const model = buildModel(
      new Registry([corePlugin, definePlugin({ namespace: "test", provides: [either] })]),
      "test/either",
    );
    expect(model.forward(new Map(), new Map([["b", tf.scalar(1)]])).has("y")).toBe(true);
    expect(() => model.forward(new Map(), new Map())).toThrow(/reads "a"/);
    expect(walkKeyFlow("", model.root.flow(), ["b"]).findings.map(({ key: missing }) => missing)).toEqual(["a"]); // training has no prompt
  });
});
