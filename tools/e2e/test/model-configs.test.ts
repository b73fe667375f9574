/** The configs of models that need a GPU: the sizes that they are named after, without allocating them. */
import path from "node:path";
import preset from "@l3m/preset-l3m";
import { inspectExperiment } from "@l3m/train";
import { describe, expect, it } from "vitest";

const configs = path.resolve(import.meta.dirname, "../../../configs");

/** Parameters of a published or measured model of this shape: total and trainable. */
const SIZES = [
  ["llm/llm-257m.yaml", 257_451_008, 257_451_008],
  ["llm/llm-1b.yaml", 1_028_720_640, 1_028_720_640],
  ["llm/llm-1.4b.yaml", 1_444_089_856, 1_439_895_552],
  ["clip/clip-434m.yaml", 433_534_465, 433_534_465],
  ["aimv1/aimv1-1.1b.yaml", 1_088_561_228, 1_087_643_724],
  ["aimv2/aimv2-531m.yaml", 530_632_704, 530_632_704],
  ["aimv2-moe/aimv2-moe-477m.yaml", 476_682_496, 476_682_496],
  ["vit/vit-304m.yaml", 304_181_224, 304_181_224],
] as const;

describe.each(SIZES)("configs/%s", (file, total, trainable) => {
  it.each(["as it is", "with random data"])("is free of errors %s and has its number of parameters", async (data) => {
    const overrides = data === "as it is" ? [] : ["constants.source=synthetic"];
    const { check } = await inspectExperiment(path.join(configs, file), { overrides, preset });
    expect(check.errors).toEqual([]);
    expect(check.warnings).toEqual([]);
    expect([check.parameters?.total, check.parameters?.trainable]).toEqual([total, trainable]);
  });
});
