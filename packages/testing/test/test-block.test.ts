import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import {
  corePlugin,
  defineBlock,
  defineModule,
  definePlugin,
  evalContext,
  type Definition,
  read,
  write,
} from "@l3m/core";
import { testBlock, testPlugin } from "@l3m/testing";
import optim from "@l3m/optim";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

beforeAll(async () => void (await tf.setBackend("cpu")));

const core = (name: string): Definition =>
  corePlugin.provides.find((definition) => definition.name === name) as Definition;

/** A block that scales its input; `forward` may misbehave. */
function scaling(forward: (x: tf.Tensor, weight: tf.Tensor) => tf.Tensor, name = "scaling"): Definition {
  return defineBlock({
    name,
    summary: "x * w.",
    options: z.strictObject({ dim: z.int() }),
    ports: { x: read("x", "B D=dim"), y: write("y", "B D") },
    build: ({ dim }, context) => {
      const weight = context.param("weight", [dim], { init: { kind: "constant", value: 1 } });
      return { forward: ({ x }) => ({ y: forward(x, weight.value) }) };
    },
  });
}
const setup = { options: { dim: 3 }, inputs: { x: [2, 3] } };

describe("testBlock", () => {
  it("accepts layers of core", async () => {
    await testBlock(core("mlp"), {
      options: { in_features: 4, hidden_features: 6, norm_layer: { norm: "core/rms-norm" } },
      inputs: { x: [2, 3, 4] },
    });
    await testBlock(core("swi-glu-ffn"), {
      options: { in_features: 4, hidden_features: 12, multiple_of: 4 },
      inputs: { x: [2, 3, 4] },
    });
    await testBlock(core("layer-norm"), { parent: { dim: 8 }, inputs: { x: [2, 3, 8] } });
  });

  it("accepts a container that wraps a module", async () => {
    await testBlock(core("generic-block"), {
      options: { module: { module: "core/linear", in_features: 4, out_features: 3 }, read_key: "a", write_key: "b" },
      inputs: { a: [2, 4] },
    });
  });

  it("accepts a well-behaved block", () => testBlock(scaling(tf.mul), setup));

  it("finds a tensor that is left behind", async () => {
    const leaky = scaling((x, weight) => {
      tf.keep(tf.zeros([1]));
      return tf.mul(x, weight);
    });
    await expect(testBlock(leaky, setup)).rejects.toThrow("leaves tensors behind");
  });

  it("finds numbers that change between equal calls", async () => {
    let calls = 0;
    await expect(
      testBlock(
        scaling((x, weight) => tf.add(tf.mul(x, weight), calls++)),
        setup,
      ),
    ).rejects.toThrow("differs between two equal calls");
  });

  it("finds a gradient that is cut or wrong", async () => {
    const cut = tf.customGrad((x, save) => {
      (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
      return { value: tf.square(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => [dy] };
    });
    await expect(
      testBlock(
        scaling((x, weight) => tf.mul(cut(x), weight)),
        setup,
      ),
    ).rejects.toThrow(/the gradient of "x"/);
    await testBlock(
      scaling((x, weight) => tf.mul(cut(x), weight)),
      { ...setup, gradients: false },
    );
  });

  it("finds a wrong shape, a value that is not finite, and a batch size that is fixed", async () => {
    await expect(
      testBlock(
        scaling((x) => tf.sum(x, 1, true)),
        setup,
      ),
    ).rejects.toMatchObject({ code: "L3M_BAD_SHAPE" });
    await expect(
      testBlock(
        scaling((x, weight) => tf.div(tf.mul(x, weight), 0)),
        setup,
      ),
    ).rejects.toThrow("not finite");
    await expect(
      testBlock(
        scaling((x, weight) => tf.mul(tf.reshape(x, [2, 3]), weight)),
        setup,
      ),
    ).rejects.toThrow();
  });

  it("finds numbers that differ when compiled", async () => {
    const wrongCompiler = (fn: (inputs: readonly tf.Tensor[]) => tf.Tensor[]) => (inputs: readonly tf.Tensor[]) =>
      fn(inputs).map((tensor) => tf.add(tensor, 1));
    await expect(testBlock(scaling(tf.mul), { ...setup, jit: wrongCompiler })).rejects.toThrow("when compiled");
  });
});

describe("testPlugin", () => {
  it("accepts core and optim", () => {
    testPlugin(corePlugin);
    testPlugin(optim);
  });

  const thing = (over: Partial<Definition>): Definition => ({
    ...defineModule({
      name: "thing",
      summary: "A thing.",
      options: z.strictObject({}),
      build: () => ({ forward: (x) => x }),
    }),
    ...over,
  });
  const plugin = (...provides: Definition[]) => definePlugin({ namespace: "mine", provides });

  it("finds bad names, doubles, taken aliases and missing summaries", () => {
    expect(() => testPlugin(plugin(thing({ name: "BadName" })))).toThrow("kebab-case");
    expect(() => testPlugin(plugin(thing({}), thing({})))).toThrow("L3M_DUPLICATE_NAME");
    expect(() => testPlugin(plugin(thing({ aliases: ["torch.nn.GELU"] })))).toThrow("L3M_DUPLICATE_NAME");
    expect(() => testPlugin(plugin(thing({ summary: " " })))).toThrow("no summary");
    expect(() => testPlugin({})).toThrow("L3M_BAD_PLUGIN");
  });

  it("finds loose options, wrong defaults and references to options that do not exist", () => {
    expect(() => testPlugin(plugin(thing({ options: z.object({}) })))).toThrow("accept an option that does not exist");
    expect(() =>
      testPlugin(plugin(thing({ options: z.strictObject({ size: z.int().positive().default(0) }) }))),
    ).toThrow("default");
    expect(() => testPlugin(plugin(thing({ positional: ["width"] })))).toThrow("does not declare");
    expect(() =>
      testPlugin(
        plugin(
          thing({ slots: { act: { kinds: ["activation"], shape: "one", shared: false, default: "core/nothing" } } }),
        ),
      ),
    ).toThrow("L3M_UNKNOWN_NAME");
  });

  it("leaves no trace in what it tests", () => {
    const layer = thing({});
    testPlugin(plugin(layer));
    expect(
      (layer.build({}, {} as never) as { forward: (x: tf.Tensor, context: unknown) => tf.Tensor })
        .forward(tf.scalar(1), evalContext())
        .dataSync()[0],
    ).toBe(1);
  });
});
