import { readFileSync } from "node:fs";
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { build, corePlugin, type Optimizer, Registry } from "@l3m/core";
import optim, { clipGradNorm } from "@l3m/optim";
import { readSafetensors } from "@l3m/testing";
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

describe("recorded optimizer steps", () => {
  interface Steps {
    readonly options: Record<string, unknown>;
    readonly groups: readonly { params: string[]; weight_decay: number; lr_scale?: number }[];
    readonly group_lr_per_step: readonly (readonly number[])[];
    readonly grad_clip?: number;
    readonly norms?: readonly number[];
  }

  it.each(["adamw_fused", "adamw_clip", "adamw_constant_lr", "adamw_lr_scale_skip", "adamw_zero_grads"])(
    "%s",
    (name) => {
      const file = new URL(`../../../tools/goldens/optim/${name}`, import.meta.url).pathname;
      const recorded = JSON.parse(readFileSync(`${file}.json`, "utf8")) as Steps;
      const stored = readSafetensors(`${file}.safetensors`);
      const tensor = (key: string): tf.Tensor =>
        tf.tensor(stored.get(key)?.data as Float32Array, [...(stored.get(key)?.shape ?? [])]);
      const optimizer = build(registry, "optimizer", { _target_: "torch.optim.AdamW", ...recorded.options }).product;
      const names = recorded.groups.flatMap(({ params }) => params);
      const state = new Map(
        names.map((path) => [
          path,
          {
            param: tensor(`param.${path}`),
            slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, tf.zerosLike(tensor(`param.${path}`))])),
            step: 0,
          },
        ]),
      );
      for (const [t, lrs] of recorded.group_lr_per_step.entries()) {
        const given = names.map((path) => (stored.has(`grad.${t}.${path}`) ? tensor(`grad.${t}.${path}`) : undefined));
        const clipped = recorded.grad_clip === undefined ? undefined : clipGradNorm(given, recorded.grad_clip);
        if (clipped !== undefined) expect(clipped.norm.dataSync()[0]).toBeCloseTo(recorded.norms?.[t] as number, 5);
        for (const [g, { params, weight_decay }] of recorded.groups.entries()) {
          for (const path of params) {
            const grad = (clipped?.grads ?? given)[names.indexOf(path)];
            const old = state.get(path);
            if (grad === undefined || old === undefined) continue;
            const numbers = optimizer.scalars(old.step + 1, { lr: lrs[g] as number, weightDecay: weight_decay });
            const scalars = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, tf.scalar(value)]));
            state.set(path, {
              ...optimizer.update({ param: old.param, grad, slots: old.slots, scalars }),
              step: old.step + 1,
            });
          }
        }
        for (const path of names)
          expectNear(state.get(path)?.param, stored.get(`out.${t}.${path}`)?.data, `${path} after step ${t}`);
      }
      for (const path of names)
        for (const slot of optimizer.slots)
          expectNear(state.get(path)?.slots[slot], stored.get(`state.${slot}.${path}`)?.data, `${slot} of ${path}`);
    },
  );

  function expectNear(got: tf.Tensor | undefined, wanted: ArrayLike<number> | undefined, what: string): void {
    const values = got?.dataSync() ?? [];
    expect(values.length, what).toBe(wanted?.length);
    for (let i = 0; i < values.length; i++) {
      const w = wanted?.[i] as number;
      expect(Math.abs((values[i] as number) - w), what).toBeLessThanOrEqual(1e-6 + 1e-5 * Math.abs(w));
    }
  }
});

describe("clipping by the global norm", () => {
  it("scales down to the limit, leaves small gradients alone, and skips what has none", () => {
    const { norm, grads } = clipGradNorm([tf.tensor1d([3, 4]), undefined, tf.tensor1d([12])], 1);
    expect(norm.dataSync()[0]).toBe(13);
    expect(grads[1]).toBeUndefined();
    expect([...(grads[0]?.dataSync() ?? []), ...(grads[2]?.dataSync() ?? [])].map((x) => x * 13)).toEqual(
      [3, 4, 12].map((x) => expect.closeTo(x, 5) as number),
    );
    expect([...(clipGradNorm([tf.tensor1d([0.3])], 1).grads[0]?.dataSync() ?? [])]).toEqual([Math.fround(0.3)]);
  });

  it("handles zeros and values that are not finite as PyTorch does", () => {
    const values = (data: number[], max: number): number[] => [
      ...(clipGradNorm([tf.tensor1d(data)], max).grads[0] as tf.Tensor).dataSync(),
    ];
    expect(values([0, 0], 1)).toEqual([0, 0]);
    expect(values([1, 2], 0)).toEqual([0, 0]);
    expect(values([1, Infinity], 1)).toEqual([0, NaN]);
    expect(values([1, NaN], 1)).toEqual([NaN, NaN]);
  });
});
