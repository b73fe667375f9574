/** Estimates against arithmetic by hand, and against what XLA says of the compiled program. */
import * as tf from "@tensorflow/tfjs-core";
import { ensurePlugin } from "@l3m/pjrt";
import { fusedAttention, registerGradients } from "@l3m/tfjs-kernels";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { hiddenFlops, matrixFlops, peakMemory, startTracer, startXla, type XlaTracer } from "../src/index.ts";

let tracer: XlaTracer | undefined;
beforeAll(registerGradients);
afterEach(() => tracer?.stop());

/** Starts a tracer and makes placeholders of these shapes. */
function placeholders(shapes: readonly (readonly number[])[], platform: "cpu" | "cuda" = "cpu"): tf.Tensor[] {
  const started = startTracer(platform);
  tracer = started;
  return shapes.map((shape) => started.placeholder(shape, "float32"));
}

/** Two layers, their loss, and one step of gradient descent. */
function mlpStep(w1: tf.Tensor, w2: tf.Tensor, x: tf.Tensor): readonly tf.Tensor[] {
  const loss = (): tf.Scalar =>
    tf.sum(tf.square(tf.matMul(tf.relu(tf.matMul(x as tf.Tensor2D, w1 as tf.Tensor2D)), w2 as tf.Tensor2D)));
  const { grads } = tf.engine().gradients(loss, [w1, w2], undefined, true);
  return [w1, w2].map((w, i) => tf.sub(w, tf.mul(grads[i] as tf.Tensor, 0.1)));
}

const [B, D, H, O] = [64, 32, 128, 16];
const MLP = [
  [D, H],
  [H, O],
  [B, D],
] as const;

it("counts the products of a training step of an MLP: the input needs no gradient", () => {
  const args = placeholders(MLP) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const graph = (tracer as XlaTracer).trace(mlpStep, args, { name: "mlp" });
  // forward x w1 and h w2; backward dw1, dw2 and dh
  expect(matrixFlops(graph)).toBe(2 * B * D * H * 2 + 2 * B * H * O * 3);
});

it("counts convolutions", () => {
  const [x, filter] = placeholders([
    [2, 8, 8, 3],
    [5, 5, 3, 7],
  ]);
  const graph = (tracer as XlaTracer).trace(() => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"), [], {
    name: "convolution",
  });
  expect(matrixFlops(graph)).toBe(2 * (2 * 8 * 8 * 7) * (5 * 5 * 3));
});

describe("attention", () => {
  const [batch, heads, N, d] = [2, 8, 128, 64];
  const q = [batch, heads, N, d];
  const scores = 2 * batch * heads * N * N * d;

  it.each(["cpu", "cuda"] as const)("counts scores and values, and what causal attention hides (%s)", (platform) => {
    const args = placeholders([q, q, q], platform) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const graph = (tracer as XlaTracer).trace((...qkv: typeof args) => fusedAttention(...qkv, { causal: true }), args, {
      name: "attention",
    });
    expect(matrixFlops(graph)).toBe(2 * scores);
    expect(hiddenFlops(graph)).toBe(scores);
  });
});

describe("memory", () => {
  const bytes = 4 * 1000;

  it("stores no chain of elementwise operations", () => {
    const [x] = placeholders([[1000]]) as [tf.Tensor];
    const graph = (tracer as XlaTracer).trace(() => tf.exp(tf.add(tf.mul(x, 2), 1)), [], { name: "chain" });
    expect(peakMemory(graph, "cpu")).toMatchObject({ argumentBytes: bytes, outputBytes: bytes, tempBytes: 0 });
  });

  it("knows a donated argument whose memory takes the result", () => {
    const [w, x] = placeholders([[1000], [1000]]) as [tf.Tensor, tf.Tensor];
    const graph = (tracer as XlaTracer).trace((a: tf.Tensor, b: tf.Tensor) => tf.sub(a, b), [w, x], {
      name: "update",
      donate: [0],
    });
    expect(peakMemory(graph, "cpu")).toMatchObject({ argumentBytes: 2 * bytes, outputBytes: bytes, aliasBytes: bytes });
  });

  it("is what XLA says of a compiled step, within 10 %", async () => {
    const args = placeholders(MLP) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const estimate = peakMemory((tracer as XlaTracer).trace(mlpStep, args, { name: "mlp", donate: [0, 1] }), "cpu");
    tracer?.stop();
    const engine = startXla({ pluginPath: await ensurePlugin("cpu") });
    try {
      const step = engine.jit(mlpStep, { donate: [0, 1] });
      const [w1, w2, x] = MLP.map((shape) => engine.placeholder(shape, "float32")) as typeof args;
      const stats = (await step.prepare(w1, w2, x)).memoryStats();
      expect(estimate).toMatchObject({
        argumentBytes: stats.argumentBytes,
        aliasBytes: stats.aliasBytes,
      });
      expect(Math.abs(estimate.tempBytes / stats.tempBytes - 1)).toBeLessThan(0.1);
    } finally {
      await engine.stop();
    }
  });
});

it("refuses to compute", () => {
  placeholders([]);
  expect(() => tf.add(tf.scalar(1), 1).dataSync()).toThrow(/without a device/);
});
