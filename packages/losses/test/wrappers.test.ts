/** Criteria, wrappers and accuracy against their definitions; ports and gradients of the pixel losses. */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { build, buildLoss, type DataDict, evalContext, Registry } from "@l3m/core";
import { testBlock } from "@l3m/testing";
import { beforeAll, describe, expect, it } from "vitest";
import losses, { maeLoss, patchify, rasterPixelLoss, unpatchify } from "../src/index.ts";

const registry = new Registry([losses]);
beforeAll(async () => void (await tf.setBackend("cpu")));

function lossOf(node: Record<string, unknown>, dict: DataDict): number {
  return buildLoss(registry, node).forward(dict, evalContext()).loss.dataSync()[0] as number;
}

describe("pixel losses", () => {
  it("honour their ports and have the gradients of their values", async () => {
    const inputs = { pred: [2, 16, 12], image: [2, 3, 8, 8] };
    await testBlock(rasterPixelLoss, {
      plugins: [losses],
      options: { read_key: "pred", patch_size: 2, image_size: 8 },
      inputs,
    });
    await testBlock(maeLoss, { options: { read_key: "pred", patch_size: 2 }, inputs: { ...inputs, mask: [2, 16] } });
  });

  it("cut images so that the patches can be put together again", () => {
    const image = tf.reshape(tf.range(0, 2 * 3 * 8 * 8), [2, 3, 8, 8]);
    const patches = patchify(image, { patch: 2 });
    expect([...tf.slice(patches, [0, 0, 0], [1, 1, 6]).dataSync()]).toEqual([0, 64, 128, 1, 65, 129]); // colour is fastest
    expect([...unpatchify(patches, { patch: 2 }).dataSync()]).toEqual([...image.dataSync()]);
  });

  it("refuse a missing mask", () => {
    const dict: DataDict = new Map([
      ["pred", tf.zeros([1, 16, 12])],
      ["image", tf.zeros([1, 3, 8, 8])],
    ]);
    const node = { loss: "losses/raster-pixel-loss", read_key: "pred", patch_size: 2, mask_read_key: "mask" };
    expect(() => lossOf(node, dict)).toThrow(/mask/);
  });

  it("refuse predictions of some patches next to a mask that would choose them", () => {
    const dict: DataDict = new Map([
      ["pred", tf.zeros([1, 5, 12])],
      ["image", tf.zeros([1, 3, 8, 8])],
      ["mask", tf.ones([1, 16], "bool")],
    ]);
    const node = {
      loss: "losses/raster-pixel-loss",
      read_key: "pred",
      patch_size: 2,
      mask_read_key: "mask",
      block_size: 0,
    };
    expect(() => lossOf(node, dict)).toThrow(/block_size 0/);
  });
});

describe("losses/multi-loss-wrapper", () => {
  it("refuses weights that do not match", () => {
    const node = { loss: "losses/multi-loss-wrapper", criteria: ["losses/mse-loss"], criteria_weights: [1, 2] };
    expect(() => buildLoss(registry, node)).toThrow(/weight/);
  });
});

describe("losses/accuracy", () => {
  it("puts the lower index first among equal scores, and takes one-hot classes", async () => {
    const scores = { data: Float32Array.of(0.1, 0.9, 0.3, 0.5, 0.2, 0.4, 0.3, 0.3, 0.3), shape: [3, 3] };
    const { product } = build(registry, "metric", { metric: "losses/accuracy", read_key: "scores", topk: [1, 2, 5] });
    const targets = [
      { data: Int32Array.of(1, 2, 2), shape: [3] },
      { data: Int32Array.of(0, 1, 0, 0, 0, 1, 0, 0, 1), shape: [3, 3] },
    ];
    for (const target of targets) {
      const run = product.start();
      run.update({ scores, target });
      const result = await run.result();
      expect(result["top_1"]).toBeCloseTo(100 / 3, 10);
      expect(result["top_2"]).toBeCloseTo(200 / 3, 10);
      expect(result["top_5"]).toBe(100);
    }
  });

  it("scores the probes whose names begin with the pattern, and refuses one that is no pattern", async () => {
    const node = { metric: "losses/accuracy", read_key: "scores", topk: [1], hparam_pattern: "HP_.*_BN" };
    const run = build(registry, "metric", node).product.start();
    const scores = { data: Float32Array.of(1, 2, 4, 3), shape: [2, 2] };
    const target = { data: Int32Array.of(1, 1), shape: [2] };
    const batch = ["HP_0,1_BN_True", "HP_2", "my_HP_1_BN"].flatMap((probe) => [
      [`${probe}.scores`, scores] as const,
      [`${probe}.target`, target] as const,
    ]);
    run.update(Object.fromEntries(batch));
    expect(await run.result()).toEqual({ "HP_0,1_BN_True_top_1": 50 });
    expect(() => build(registry, "metric", { ...node, hparam_pattern: "(" })).toThrow(/hparam_pattern/);
  });
});
