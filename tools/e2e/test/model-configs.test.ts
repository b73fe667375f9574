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
