/** The layer as a trunk uses it: routing in training and evaluation, its side loss, and what it refuses. */
import "@tensorflow/tfjs-backend-cpu";
import {
  build,
  buildLoss,
  corePlugin,
  drawParam,
  Emissions,
  evalContext,
  type Layer,
  Registry,
  withParams,
} from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { beforeAll, expect, test } from "vitest";
import moePlugin from "../src/index.ts";

beforeAll(() => tf.setBackend("cpu"));

const registry = new Registry([corePlugin, moePlugin]);
const key = (): tf.Tensor => tf.tensor1d([3, 0], "int32");

function layerOf(options: Readonly<Record<string, unknown>>): { layer: Layer; values: Map<string, tf.Tensor> } {
  const node = { ffn: "moe/moe", in_features: 6, hidden_features: 12, multiple_of: 4, num_experts: 4, ...options };
  const { product, params } = build(registry, "ffn", node);
  const values = new Map(params.map(({ path, init, shape }) => [path, drawParam(init, key(), path, shape)]));
  for (const [path, value] of values) values.set(path, tf.mul(value, 20)); // off the linear range
  return { layer: product, values };
}
const tokens = (): tf.Tensor => drawParam({ kind: "normal", std: 1 }, key(), "x", [2, 9, 6]);

test("a layer with all experts chosen and weights normalised equals the sum over all experts", () => {
  const { layer, values } = layerOf({ top_k: 4, normalize_expert_weights: 1 });
  const y = withParams(values, () => layer.forward(tokens(), evalContext()));
  const x_TD = tf.reshape(tokens(), [18, 6]);
  const at = (name: string): tf.Tensor => values.get(name) as tf.Tensor;
  const p = tf.softmax(tf.matMul(x_TD, at("moe.router.layer.weight"), false, true));
  const F = (at("moe.experts.mlp.w1").shape[0] ?? 0) / 4;
  let sum = tf.zeros([18, 6]);
  for (let e = 0; e < 4; e++) {
    const of = (name: string): tf.Tensor => tf.slice(at(`moe.experts.mlp.${name}`), [e * F, 0], [F, 6]);
    const pre = tf.matMul(x_TD, of("w1"), false, true);
    const gelu = tf.mul(tf.mul(pre, 0.5), tf.add(tf.erf(tf.div(pre, Math.SQRT2)), 1));
    const o = tf.matMul(tf.mul(gelu, tf.matMul(x_TD, of("v1"), false, true)), of("w2"));
    sum = tf.add(sum, tf.mul(tf.slice(p, [0, e], [18, 1]), o));
  }
  expect(tf.max(tf.abs(tf.sub(tf.reshape(y, [18, 6]), sum))).dataSync()[0]).toBeLessThan(1e-4);
});

test.each([0, 3])(
  "all tokens on expert %i: it serves every one, and gradients are those of finite differences",
  (expert) => {
    const { layer, values } = layerOf({ num_experts: 4, load_balancing_loss_weight: 0 });
    const at = (name: string): tf.Tensor => values.get(name) as tf.Tensor;
    const router = "moe.router.layer.weight";
    values.set(router, tf.mul(tf.transpose(tf.oneHot(tf.fill([6], expert, "int32"), 4)), 0.4)); // logit: 0.4 times the sum of a token
    const x = tf.add(tf.abs(tokens()), 0.5);
    const F = (at("moe.experts.mlp.w1").shape[0] ?? 0) / 4;
    const own = (name: string): tf.Tensor => tf.slice(at(`moe.experts.mlp.${name}`), [expert * F, 0], [F, 6]);
    const x_TD = tf.reshape(x, [18, 6]);
    const pre = tf.matMul(x_TD, own("w1"), false, true);
    const gelu = tf.mul(tf.mul(pre, 0.5), tf.add(tf.erf(tf.div(pre, Math.SQRT2)), 1));
    const network = tf.matMul(tf.mul(gelu, tf.matMul(x_TD, own("v1"), false, true)), own("w2"));
    const weight = tf.max(tf.softmax(tf.matMul(x_TD, at(router), false, true)), 1, true);
    const y = withParams(values, () => layer.forward(x, evalContext()));
    expect(tf.max(tf.abs(tf.sub(tf.reshape(y, [18, 6]), tf.mul(network, weight)))).dataSync()[0]).toBeLessThan(1e-4);

    for (const name of [router, "moe.experts.mlp.w1", "moe.experts.mlp.v1", "moe.experts.mlp.w2"]) {
      const objective = (value: tf.Tensor): tf.Scalar =>
        withParams(new Map(values).set(name, value), () => tf.sum(layer.forward(x, evalContext({ train: true }))));
      const gradient = tf.grad(objective)(at(name));
      const size = Math.sqrt(tf.sum(tf.square(gradient)).dataSync()[0] ?? 0);
      const step = 1e-2 / size;
      const [ahead, back] = [step, -step].map(
        (s) => objective(tf.add(at(name), tf.mul(gradient, s))).dataSync()[0] ?? 0,
      );
      expect(((ahead ?? 0) - (back ?? 0)) / (2 * step) / size ** 2).toBeCloseTo(1, 2);
    }
  },
);

test("jitter changes the routing in training only, and the same key gives the same result", () => {
  const plain = layerOf({});
  const noisy = layerOf({ router_jitter_eps: 0.9 });
  const run = ({ layer, values }: typeof plain, train: boolean): number[] =>
    Array.from(withParams(values, () => layer.forward(tokens(), evalContext({ train }))).dataSync());
  expect(run(noisy, false)).toEqual(run(plain, false));
  expect(run(noisy, true)).toEqual(run(noisy, true));
  expect(run(noisy, true)).not.toEqual(run(plain, true));
});

test("training emits one part of the balancing loss per layer, evaluation none; the loss takes their sum", () => {
  const { layer, values } = layerOf({ num_layers: 2, load_balancing_loss_weight: 0.1 });
  const loss = buildLoss(registry, { loss: "moe/load-balancing-loss" });
  const pass = (layers: number, train: boolean): { taken: number; total: number } => {
    const emissions = new Emissions();
    const context = evalContext({ train, emit: emissions.emit, takeLoss: emissions.takeLoss });
    withParams(values, () => Array.from({ length: layers }, () => layer.forward(tokens(), context)));
    const untaken = emissions.addTo(tf.scalar(0)).dataSync()[0] ?? NaN;
    const taken = loss.forward(new Map(), context).loss.dataSync()[0] ?? NaN;
    expect(emissions.addTo(tf.scalar(0)).dataSync()[0]).toBe(0);
    return { taken, total: untaken };
  };
  const trained = pass(2, true);
  expect(trained.taken).toBe(trained.total);
  expect(trained.taken).toBeGreaterThan(0.05);
  expect(pass(2, false)).toEqual({ taken: 0, total: 0 });
  expect(() => pass(1, true)).toThrow(/num_layers/);
  expect(() => loss.forward(new Map(), evalContext({ train: true }))).toThrow(/mixture-of-experts/);
});

test("one expert is a gated network whose results have the weight 1", () => {
  const { layer, values } = layerOf({ num_experts: 1 });
  const y = withParams(values, () => layer.forward(tokens(), evalContext({ train: true })));
  expect(y.shape).toEqual([2, 9, 6]);
  expect(tf.all(tf.isFinite(y)).dataSync()[0]).toBe(1);
});

test("more choices than experts are refused", () => {
  expect(() => layerOf({ top_k: 5 })).toThrow(/more experts than there are/);
});
