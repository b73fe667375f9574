import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { buildLoss, buildModel, corePlugin, evalContext, Registry } from "@l3m/core";
import clipLoss from "@l3m/clip-loss";
import { beforeAll, describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, clipLoss]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const node = { block: "clip-loss/clip-head", read_key: "x", write_key: "y", in_features: 6, out_features: 4 };

describe("CLIP head", () => {
  it("starts at the inverse temperature and is kept between 1 and the largest scale", () => {
    const model = buildModel(registry, { ...node, apply_temperature: true });
    const spec = model.params.find(({ path }) => path === "log_logit_scale");
    expect(spec?.project).toEqual({ kind: "clamp", min: 0, max: Math.log(100) });
    const dict = model.forward(model.initialise(tf.tensor1d([1, 2], "int32")), new Map([["x", tf.ones([3, 6])]]));
    expect((dict.get("logit_scale") as tf.Tensor).dataSync()[0]).toBeCloseTo(1 / 0.07, 4);
    expect([...tf.norm(dict.get("y") as tf.Tensor, "euclidean", 1).dataSync()]).toEqual(
      [1, 1, 1].map(() => expect.closeTo(1 / 0.07, 4) as number),
    );
  });

  it("has a frozen scale without bounds, or none at all", () => {
    const frozen = buildModel(registry, { ...node, apply_temperature: true, learnable_temperature: false });
    expect(frozen.params[0]).toMatchObject({ path: "log_logit_scale", trainable: false, project: undefined });
    expect(frozen.buffers).toEqual([]);
    expect(buildModel(registry, node).params.map(({ path }) => path)).toEqual(["linear.weight"]);
    expect(() => buildModel(registry, { ...node, apply_temperature: true, apply_l2_norm: false })).toThrow(
      /needs normalised embeddings/,
    );
  });
});

describe("contrastive loss", () => {
  it("is log B for embeddings that say nothing, reports no scale that nobody wrote, and punishes swapped pairs", () => {
    const loss = buildLoss(registry, { loss: "clip-loss/clip-contrastive-loss" });
    const of = (image: tf.Tensor, text: tf.Tensor): { loss: number; metrics: string[]; accuracy: number } => {
      const result = loss.forward(
        new Map([
          ["image_embed", image],
          ["text_embed", text],
        ]),
        evalContext(),
      );
      return {
        loss: result.loss.dataSync()[0] as number,
        metrics: Object.keys(result.metrics),
        accuracy: result.metrics["clip_acc"]?.dataSync()[0] as number,
      };
    };
    const same = of(tf.ones([8, 4]), tf.ones([8, 4]));
    expect(same.loss).toBeCloseTo(Math.log(8), 5);
    expect(same.metrics).toEqual(["clip_loss", "clip_acc"]);
    const axes = tf.mul(tf.eye(4), 20);
    expect(of(axes, tf.eye(4))).toMatchObject({ loss: expect.closeTo(0, 5) as number, accuracy: 100 });
    expect(of(axes, tf.reverse(tf.eye(4), 0))).toMatchObject({ loss: expect.closeTo(20, 4) as number, accuracy: 0 });
  });
});
