import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import {
  build,
  type BuildContext,
  corePlugin,
  defineModule,
  definePlugin,
  drawParam,
  evalContext,
  Registry,
  slotList,
} from "@l3m/core";
import { gatedWidth, sincosTable2d } from "@l3m/core/nn";
import * as z from "zod";

const registry = new Registry([corePlugin]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const train = () => evalContext({ train: true });

describe("dropout and drop-path", () => {
  const x = () => tf.ones([2000, 2]);

  it("leave the input alone in evaluation", () => {
    for (const node of [
      { module: "core/dropout", p: 0.5 },
      { module: "core/drop-path", drop_prob: 0.5 },
    ]) {
      const layer = build(registry, "module", node).product;
      const input = x();
      expect(layer.forward(input, evalContext())).toBe(input);
    }
  });

  it("keep the mean in training, drop-path for whole samples", () => {
    const dropped = build(registry, "module", { module: "core/drop-path", drop_prob: 0.25 }).product.forward(
      x(),
      train(),
    );
    const rows = dropped.arraySync() as number[][];
    expect(rows.every(([a, b]) => a === b && (a === 0 || Math.abs((a ?? 0) - 4 / 3) < 1e-6))).toBe(true);
    expect(tf.mean(dropped).dataSync()[0]).toBeCloseTo(1, 1);
    const elements = build(registry, "module", { module: "core/dropout" }).product.forward(x(), train());
    expect(tf.mean(elements).dataSync()[0]).toBeCloseTo(1, 1);
    expect((elements.arraySync() as number[][]).some(([a, b]) => a !== b)).toBe(true);
  });
});

describe("initial values", () => {
  it("of linear-with-custom-init follow the style, and the bias is zero", () => {
    const stds = {
      trunc_normal: 0.05,
      kaiming: Math.sqrt(2 / 300),
      fan_in: Math.sqrt(1 / 300),
      pytorch: Math.sqrt(1 / 900),
    };
    for (const [weight_init_style, std] of Object.entries(stds)) {
      const { params } = build(registry, "module", {
        module: "core/linear-with-custom-init",
        in_features: 300,
        out_features: 200,
        weight_init_style,
        init_std: 0.05,
      });
      const [weight, bias] = params.map((spec) =>
        drawParam(spec.init, tf.tensor1d([1, 2], "int32"), spec.path, spec.shape),
      );
      expect(Math.abs(Math.sqrt(tf.moments(weight as tf.Tensor).variance.dataSync()[0] ?? 0) / std - 1)).toBeLessThan(
        0.02,
      );
      expect(tf.max(tf.abs(bias as tf.Tensor)).dataSync()[0]).toBe(0);
    }
  });

  it("of every LayerNorm are found by role, those of LPLayerNorm are not", () => {
    const probe = defineModule({
      name: "probe",
      summary: "Re-initialises the layer norms among its children.",
      options: z.strictObject({}),
      slots: { norms: slotList("norm") },
      build({ norms }, context: BuildContext) {
        norms.forEach((ref, i) => context.child(`${i}`, ref, { dim: 4 }));
        context.reinit(({ role }) => role === "layer-norm.weight", { kind: "constant", value: 7 });
        return { forward: (x) => x };
      },
    });
    const plugins = [corePlugin, definePlugin({ namespace: "test", provides: [probe] })];
    const norms = [
      "core/layer-norm",
      "core/torch-layer-norm",
      "core/layer-norm-fp32",
      "core/lp-layer-norm",
      "core/rms-norm",
    ];
    const { params } = build(new Registry(plugins), "module", { module: "test/probe", norms });
    const weights = params
      .filter(({ path }) => path.endsWith("weight"))
      .map(({ init }) => (init.kind === "constant" ? init.value : undefined));
    expect(weights).toEqual([7, 7, 7, 1, 1]);
  });
});

describe("sizes", () => {
  it("of gated FFNs are two thirds rounded up", () => {
    expect([3072, 4096, 8192, 100].map((hidden) => gatedWidth(hidden, 256))).toEqual([2048, 2816, 5632, 256]);
  });

  it("of position tables are checked where a config asks for them", () => {
    expect(() =>
      build(registry, "function", { function: "core/get-2d-sincos-pos-embed", embed_dim: 6, grid_size: 2 }),
    ).toThrow(/embed_dim/);
    expect(sincosTable2d(4, [1, 2]).slice(4)).toEqual(Float32Array.of(Math.sin(1), Math.cos(1), 0, 1)); // column first, then row
  });
});
