import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { build, corePlugin, type Optimizer, Registry } from "@l3m/core";
import optim from "@l3m/optim";
import { beforeAll, describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, optim]);
beforeAll(async () => void (await tf.setBackend("cpu")));

function adamW(options: Record<string, unknown>): Optimizer {
  return build(registry, "optimizer", { optimizer: "optim/adam-w", ...options }).product;
}

/** One parameter through some steps, in double precision, from the paper's algorithm 2. */
function reference(
  p: number,
  grads: readonly number[],
  o: { lr: number; beta1: number; beta2: number; eps: number; wd: number },
): number {
  let [m, v] = [0, 0];
  grads.forEach((g, i) => {
    m = o.beta1 * m + (1 - o.beta1) * g;
    v = o.beta2 * v + (1 - o.beta2) * g * g;
    const unbiased = m / (1 - o.beta1 ** (i + 1)) / (Math.sqrt(v / (1 - o.beta2 ** (i + 1))) + o.eps);
    p = p - o.lr * o.wd * p - o.lr * unbiased;
  });
  return p;
}

function run(
  optimizer: Optimizer,
  start: number,
  grads: readonly number[],
  group: { lr: number; weightDecay: number },
): number {
  let param: tf.Tensor = tf.tensor1d([start]);
  let slots = Object.fromEntries(optimizer.slots.map((name) => [name, tf.zerosLike(param)]));
  for (const [i, g] of grads.entries()) {
    const scalars = Object.fromEntries(
      Object.entries(optimizer.scalars(i + 1, group)).map(([name, value]) => [name, tf.scalar(value)]),
    );
    ({ param, slots } = optimizer.update({ param, grad: tf.tensor1d([g]), slots, scalars }));
  }
  return param.dataSync()[0] as number;
}

describe("AdamW", () => {
  it("follows the algorithm", () => {
    const grads = [0.5, -0.2, 1.5, 0, 3e-4];
    const got = run(adamW({ betas: [0.8, 0.95], eps: 1e-6 }), 0.7, grads, { lr: 0.02, weightDecay: 0.3 });
    expect(got).toBeCloseTo(reference(0.7, grads, { lr: 0.02, beta1: 0.8, beta2: 0.95, eps: 1e-6, wd: 0.3 }), 6);
  });

  it("keeps PyTorch's slot names and defaults, and its performance options", () => {
    const optimizer = build(registry, "optimizer", {
      _target_: "torch.optim.AdamW",
      _partial_: true,
      fused: true,
      foreach: null,
    }).product;
    expect(optimizer).toMatchObject({ slots: ["exp_avg", "exp_avg_sq"], lr: 1e-3, weightDecay: 1e-2 });
    expect(() => adamW({ amsgrad: true })).toThrow(/amsgrad/);
  });

  it("computes bias corrections in double precision", () => {
    const { second_root } = adamW({ betas: [0.9, 0.9999999] }).scalars(1, { lr: 1, weightDecay: 0 });
    expect(second_root).toBe(Math.sqrt(1 - 0.9999999));
  });
});
