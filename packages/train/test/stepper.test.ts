/** Keeping a state between calls means the same on an engine that compiles and on one that does not. */
import * as tf from "@l3m/core/tf";
import { afterEach, expect, it } from "vitest";
import type { Tensor } from "@tensorflow/tfjs-core";
import { batchTensors, type Engine, openEngine } from "../src/index.ts";
import { whileCompiling } from "../src/run/compile-progress.ts";

let engine: Engine | undefined;
afterEach(() => engine?.stop());

it.each(["tfjs-cpu", "xla-cpu"])("%s: a stepper gives what the function gives, and leaves no tensors", async (name) => {
  engine = await openEngine(name);
  const step = engine.jit(
    (state: { w: Tensor; n: Tensor }, batch: Record<string, Tensor>) => {
      const error = tf.sub(tf.mul(state.w, batch["x"] as Tensor), batch["mask"] as Tensor);
      const w = tf.sub(state.w, tf.mul(tf.mean(tf.mul(error, batch["x"] as Tensor)), 0.1));
      return { state: { w, n: state.n }, metrics: tf.mean(tf.square(error)) };
    },
    { name: "fit", donate: [0] },
  );
  const start = (): { w: Tensor; n: Tensor } => ({ w: tf.scalar(2), n: tf.scalar(7) });
  const batch = (k: number) => ({
    tensors: {
      x: { data: Float32Array.of(k, 1, 2), shape: [3] },
      mask: { data: Uint8Array.of(0, 1, 1), shape: [3] },
    },
    values: {},
  });
  const number = async (tensor: Tensor): Promise<number> => (await tensor.data())[0] as number;
  let pure = start();
  const stepper = step.bind(start());
  const inUse = tf.memory().numTensors;
  for (let k = 0; k < 6; k++) {
    const [a, b] = [batchTensors(batch(k)), batchTensors(batch(k), engine)];
    const expected = step(pure, a);
    pure = expected.state;
    const { metrics } = stepper.run(b);
    expect(await number(metrics)).toBe(await number(expected.metrics));
    tf.dispose([...Object.values(a), ...Object.values(b), metrics, expected.metrics]);
  }
  const { w, n } = stepper.state();
  expect([await number(w), await number(n)]).toEqual([await number(pure.w), 7]);
  expect(tf.memory().numTensors).toBe(inUse);
  const { metrics } = stepper.run(batchTensors(batch(1)));
  expect(w.isDisposed).toBe(true);
  metrics.dispose();
  stepper.dispose();
});

it("tells that it compiles only when that takes long", async () => {
  const lines: string[] = [];
  const reporter = { info: (line: string) => void lines.push(line) };
  expect(await whileCompiling(reporter, Promise.resolve(3))).toBe(3);
  await expect(whileCompiling(reporter, Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(lines).toEqual([]);
  await whileCompiling(reporter, new Promise((resolve) => setTimeout(resolve, 60)), 0.02);
  expect(lines[0]).toMatch(/^engine {4}compiling the step: \d+ s$/);
  expect(lines.at(-1)).toMatch(/^engine {4}compiled the step in \d+ s$/);
});
