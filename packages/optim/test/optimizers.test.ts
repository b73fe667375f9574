import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { build, corePlugin, type Optimizer, Registry } from "@l3m/core";
import optim from "@l3m/optim";
import { beforeAll, describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, optim]);
beforeAll(async () => void (await tf.setBackend("cpu")));

function optimizer(name: string, options: Record<string, unknown> = {}): Optimizer {
  return build(registry, "optimizer", { optimizer: `optim/${name}`, ...options }).product;
}

const adamW = (options: Record<string, unknown>): Optimizer => optimizer("adam-w", options);

/** One parameter through some steps, in double precision, from the paper's algorithm 2. `decay`: share lost per step. */
function reference(
  p: number,
  grads: readonly number[],
  o: { lr: number; beta1: number; beta2: number; eps: number; decay: number },
): number {
  let [m, v] = [0, 0];
  grads.forEach((g, i) => {
    m = o.beta1 * m + (1 - o.beta1) * g;
    v = o.beta2 * v + (1 - o.beta2) * g * g;
    const unbiased = m / (1 - o.beta1 ** (i + 1)) / (Math.sqrt(v / (1 - o.beta2 ** (i + 1))) + o.eps);
    p = p - o.decay * p - o.lr * unbiased;
  });
  return p;
}

interface Group {
  readonly lr: number;
  readonly weightDecay: number;
}

/** The parameter after one step per gradient. */
function steps(rule: Optimizer, start: tf.Tensor, grads: readonly tf.Tensor[], group: Group): number[] {
  return tf.tidy(() => {
    let param = start;
    let slots = Object.fromEntries(rule.slots.map((name) => [name, tf.zerosLike(param)]));
    for (const [i, grad] of grads.entries()) {
      const scalars = Object.fromEntries(
        Object.entries(rule.scalars(i + 1, group)).map(([name, value]) => [name, tf.scalar(value)]),
      );
      ({ param, slots } = rule.update({ param, grad, slots, scalars }));
    }
    return [...param.dataSync()];
  });
}

function run(rule: Optimizer, start: number, grads: readonly number[], group: Group): number {
  const [value] = steps(
    rule,
    tf.tensor1d([start]),
    grads.map((g) => tf.tensor1d([g])),
    group,
  );
  return value as number;
}

describe("AdamW", () => {
  it("follows the algorithm", () => {
    const grads = [0.5, -0.2, 1.5, 0, 3e-4];
    const got = run(adamW({ betas: [0.8, 0.95], eps: 1e-6 }), 0.7, grads, { lr: 0.02, weightDecay: 0.3 });
    expect(got).toBeCloseTo(
      reference(0.7, grads, { lr: 0.02, beta1: 0.8, beta2: 0.95, eps: 1e-6, decay: 0.02 * 0.3 }),
      6,
    );
  });

  it("keeps PyTorch's slot names and defaults, and its performance options", () => {
    const built = build(registry, "optimizer", {
      _target_: "torch.optim.AdamW",
      _partial_: true,
      fused: true,
      foreach: null,
    }).product;
    expect(built).toMatchObject({ slots: ["exp_avg", "exp_avg_sq"], lr: 1e-3, weightDecay: 1e-2 });
    expect(() => adamW({ amsgrad: "yes" })).toThrow(/amsgrad/);
  });

  it("with amsgrad, divides by the largest second moment so far", () => {
    const grads = [2, 0.1, -0.1, 0.05];
    const [beta1, beta2, lr] = [0.9, 0.5, 0.01];
    let [p, m, v, largest] = [0.7, 0, 0, 0];
    grads.forEach((g, i) => {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      largest = Math.max(largest, v);
      p -= ((lr / (1 - beta1 ** (i + 1))) * m) / (Math.sqrt(largest / (1 - beta2 ** (i + 1))) + 1e-8);
    });
    const rule = adamW({ betas: [beta1, beta2], amsgrad: true });
    expect(rule.slots).toEqual(["exp_avg", "exp_avg_sq", "max_exp_avg_sq"]);
    expect(run(rule, 0.7, grads, { lr, weightDecay: 0 })).toBeCloseTo(p, 6);
    expect(run(adamW({ betas: [beta1, beta2] }), 0.7, grads, { lr, weightDecay: 0 })).not.toBeCloseTo(p, 3);
  });

  it("with maximize, climbs", () => {
    const [grads, group] = [[0.5, -2, 0.3], { lr: 0.01, weightDecay: 0.1 }] as const;
    const against = grads.map((g) => -g);
    expect(run(adamW({ maximize: true }), 0.7, grads, group)).toBe(run(adamW({}), 0.7, against, group));
  });

  it("computes bias corrections in double precision", () => {
    const { second_root } = adamW({ betas: [0.9, 0.9999999] }).scalars(1, { lr: 1, weightDecay: 0 });
    expect(second_root).toBe(Math.sqrt(1 - 0.9999999));
  });
});

describe("AdamLH", () => {
  it("follows the algorithm, with a decay relative to its own lr", () => {
    const grads = [0.5, -0.2, 1.5, 0, 3e-4];
    const rule = optimizer("adam-lh", { lr: 0.05, betas: [0.8, 0.95], eps: 1e-6 });
    const wanted = reference(0.7, grads, { lr: 0.02, beta1: 0.8, beta2: 0.95, eps: 1e-6, decay: (0.3 * 0.02) / 0.05 });
    expect(run(rule, 0.7, grads, { lr: 0.02, weightDecay: 0.3 })).toBeCloseTo(wanted, 6);
  });

  it("takes the steps that PyTorch took", () => {
    const rule = optimizer("adam-lh", { lr: 1e-3 });
    expect(run(rule, 1, [0.5], { lr: 1e-3, weightDecay: 1e-4 })).toBeCloseTo(0.9988999963, 7);
    expect(run(rule, 1, [0.5], { lr: 5e-4, weightDecay: 1e-4 })).toBeCloseTo(0.9994499683, 7);
  });

  it("decays alike for every peak of the schedule, where AdamW does not", () => {
    const decay = (name: string, lr: number): number =>
      optimizer(name, { lr }).scalars(1, { lr, weightDecay: 0.1 })["decay"] as number;
    expect(decay("adam-lh", 1e-2)).toBe(decay("adam-lh", 1e-4));
    expect(decay("adam-w", 1e-2)).not.toBe(decay("adam-w", 1e-4));
  });

  it("has ml-l3m's name and defaults, and refuses what ml-l3m's has not", () => {
    const target = { _target_: "l3m.optim.adamw_lh.AdamLH", _partial_: true };
    const built = build(registry, "optimizer", target).product;
    expect(built).toMatchObject({ slots: ["exp_avg", "exp_avg_sq"], lr: 1e-3, weightDecay: 0 });
    expect(() => build(registry, "optimizer", { ...target, fused: true })).toThrow(/fused/);
    expect(() => build(registry, "optimizer", { ...target, lr: 0 })).toThrow(/"lr"/);
    expect(() => build(registry, "optimizer", { ...target, betas: [0.9, 1] })).toThrow(/betas/);
  });
});

describe("LARS", () => {
  const rule = (): Optimizer => optimizer("lars", { trust_coefficient: 1e-3 });
  const group = { lr: 0.1, weightDecay: 0.01 };

  it("takes the steps that PyTorch took: matrices adapted and decayed, vectors neither", () => {
    const [p, g] = [tf.tensor2d([[3, 4]]), tf.tensor2d([[0.6, 0.8]])];
    const close = (got: number[], wanted: number[]): void =>
      wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 6));
    close(steps(rule(), p, [g], group), [2.9997000694, 3.9995999336]);
    close(steps(rule(), p, [g, g], group), [2.9991300106, 3.9988398552]);
    close(steps(rule(), tf.tensor1d([3, 4]), [tf.tensor1d([0.6, 0.8])], group), [2.94, 3.92]);
  });

  it("moves a matrix by trust_coefficient times its length, whatever the length of the gradient", () => {
    const p = tf.tensor2d([
      [3, 4],
      [0, 12],
    ]);
    const moved = (scale: number): number => {
      const after = steps(rule(), p, [tf.mul(p, -scale)], { lr: 1, weightDecay: 0 });
      return Math.hypot(...after.map((value, i) => value - ([3, 4, 0, 12][i] as number)));
    };
    expect(moved(1e-3)).toBeCloseTo(0.013, 5);
    expect(moved(1e3)).toBeCloseTo(0.013, 5);
  });

  it("takes a plain step where the matrix or its gradient is zero", () => {
    const zero = tf.zeros([1, 2]);
    expect(steps(rule(), zero, [tf.tensor2d([[1, -2]])], { lr: 0.5, weightDecay: 0 })).toEqual([-0.5, 1]);
    expect(steps(rule(), tf.tensor2d([[1, 2]]), [zero], { lr: 0.5, weightDecay: 0 })).toEqual([1, 2]);
  });
});
