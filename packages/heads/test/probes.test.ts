/** Probes: ports, gradients, and the names that the optimizer reads hyper-parameters from. */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { build, Registry } from "@l3m/core";
import { testBlock } from "@l3m/testing";
import { beforeAll, describe, expect, it } from "vitest";
import heads, {
  attentionPoolingClassifier,
  perceiverResampler,
  simplifiedAttentionPoolingClassifier,
  weightedAveragePooling,
} from "../src/index.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const KEYS = { read_key: "x", write_key: "y" };
const CLASSIFIER = { ...KEYS, dim: 4, out_features: 3, num_heads: 2 };

describe("pooling by attention", () => {
  it("honours its ports and has the gradients of its value", async () => {
    const inputs = { x: [2, 3, 4] };
    await testBlock(attentionPoolingClassifier, { options: CLASSIFIER, inputs });
    await testBlock(simplifiedAttentionPoolingClassifier, { options: CLASSIFIER, inputs });
    await testBlock(perceiverResampler, { options: { ...KEYS, dim: 4, num_heads: 2, num_queries: 2 }, inputs });
    await testBlock(weightedAveragePooling, { plugins: [heads], options: { ...KEYS, num_tokens: 3 }, inputs });
  });
});

describe("heads/probe-hparam-search-wrapper", () => {
  it("names its heads as ml-l3m does: lr, then batch norm, then weight decay", () => {
    const { params } = build(new Registry([heads]), "block", {
      block: "heads/probe-hparam-search-wrapper",
      head: { block: "heads/linear-classifier", in_features: 2, out_features: 2, use_bias: false, ...KEYS },
      lr_grid: [0.001, 0.00001, 1],
      wd_grid: [0.05],
      batchnorm_grid: [false, true],
    });
    expect(params.map(({ path }) => path)).toEqual(
      ["0,001", "1e-05", "1"].flatMap((lr) =>
        ["False", "True"].map((norm) => `heads.HP_LR_${lr}_BN_${norm}_WD_0,05.linear.weight`),
      ),
    );
  });
});
