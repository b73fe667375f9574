/** A program that no machine has room for, on the real engine. */
import * as tf from "@l3m/core/tf";
import { isL3mError, L3mError } from "@l3m/errors";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type Engine, openEngine } from "../src/index.ts";
import { describeBuffers, explainOutOfMemory } from "../src/engines/out-of-memory.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine("xla-cpu");
});
afterAll(() => engine.stop());

it("names what the arguments take and the keys of the config that help", () => {
  const state = {
    params: { "trunk.weight": tf.zeros([1000, 250]), "trunk.bias": tf.zeros([250]) },
    slots: { exp_avg: { "trunk.weight": tf.zeros([1000, 250]) } },
  };
  const step = engine.jit(
    (given: { params: Record<string, Tensor> }) => {
      const mean = tf.mean(given.params["trunk.weight"] as Tensor);
      return { mean, large: tf.broadcastTo(mean, [2 ** 23, 2 ** 22]) }; // 141 TB: more than a process can address
    },
    { name: "step" },
  );
  try {
    step(state).mean.dataSync();
    expect.unreachable();
  } catch (late) {
    const error = explainOutOfMemory(late, "step", [state]); // XLA reports it when a result is read, as the loop does
    expect(error).toSatisfy(isL3mError);
    expect(isL3mError(error) && error.code).toBe("L3M_OUT_OF_MEMORY");
    expect(String(error)).toMatch(/too little memory/);
    expect(String(error)).toContain('arguments of "step": 0.params 0.00 GB (2 arrays), 0.slots 0.00 GB (1 arrays)');
    expect(String(error)).toMatch(/batch_size[\s\S]*gradient_accumulation_steps[\s\S]*activation_checkpointing/);
  }
});

it("leaves other errors alone, and explains once", () => {
  const other = new RangeError("x");
  expect(explainOutOfMemory(other, "step", [])).toBe(other);
  const once = explainOutOfMemory(new L3mError("L3M_OUT_OF_MEMORY", { message: "full" }), "step", []);
  expect(explainOutOfMemory(once, "step", [])).toBe(once);
});

it("counts bytes by the first steps of the path, largest first", () => {
  const args = [{ params: { a: tf.zeros([10]), b: tf.zeros([5]) }, alive: tf.zeros([]) }, tf.zeros([100], "int32")];
  expect(describeBuffers(args)).toEqual([
    { path: "1", bytes: 400, arrays: 1 },
    { path: "0.params", bytes: 60, arrays: 2 },
    { path: "0.alive", bytes: 4, arrays: 1 },
  ]);
});
