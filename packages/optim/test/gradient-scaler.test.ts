import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { gradientScaler, type GradientScale } from "@l3m/optim";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(async () => void (await tf.setBackend("cpu")));

const value = (t: tf.Tensor): number => t.dataSync()[0] as number;
const scaleOf = ({ scale, growthTracker }: GradientScale): number[] => [value(scale), value(growthTracker)];
const [fine, overflow] = [() => tf.scalar(true, "bool"), () => tf.scalar(false, "bool")];

describe("loss scaling", () => {
  it("gives the gradients of the loss itself, and finds what is not finite in any of them", () => {
    const scaler = gradientScaler({ initScale: 1024 });
    const state = scaler.init();
    const gradient = tf.grad((x) => scaler.scaleLoss(tf.sum(tf.square(x)), state));
    const scaled = gradient(tf.tensor1d([1, -3]));
    expect([...scaled.dataSync()]).toEqual([2048, -6144]);
    const { grads, finite } = scaler.unscale([scaled, undefined], state);
    expect([[...(grads[0]?.dataSync() ?? [])], grads[1], value(finite)]).toEqual([[2, -6], undefined, 1]);
    for (const bad of [NaN, Infinity, -Infinity])
      expect(value(scaler.unscale([scaled, tf.tensor1d([0, bad])], state).finite), `${bad}`).toBe(0);
  });

  it("grows after an interval without overflow, halves at an overflow, and stays finite", () => {
    const scaler = gradientScaler({ growthInterval: 2 });
    let state = scaler.init();
    const seen = [fine, fine, fine, overflow, fine].map((finite) => scaleOf((state = scaler.update(finite(), state))));
    expect(seen).toEqual([
      [65536, 1],
      [131072, 0],
      [131072, 1],
      [65536, 0],
      [65536, 1],
    ]);
    const largest = { scale: tf.scalar(2 ** 127), growthTracker: tf.scalar(1) };
    expect(scaleOf(scaler.update(fine(), largest))).toEqual([2 ** 127, 0]);
  });

  it("keeps the state of a step that overflowed", () => {
    const { guard } = gradientScaler();
    expect(value(guard(overflow(), tf.scalar(NaN), tf.scalar(3)))).toBe(3);
    expect(value(guard(fine(), tf.scalar(2), tf.scalar(3)))).toBe(2);
  });

  it("passes everything through when it is off, also what is not finite", () => {
    const scaler = gradientScaler({ enabled: false });
    const state = scaler.init();
    const grad = tf.tensor1d([NaN]);
    const { grads, finite } = scaler.unscale([grad], state);
    expect(grads[0]).toBe(grad);
    expect(value(scaler.guard(finite, tf.scalar(NaN), tf.scalar(3)))).toBeNaN();
    expect(scaler.update(finite, state)).toBe(state);
  });
});
