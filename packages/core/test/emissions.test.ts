/** Side losses: their parts, who takes them, and their gradients out of a part that is computed again. */
import "@tensorflow/tfjs-backend-cpu";
import { checkpointed, Emissions, type ForwardContext, Param, withParams } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => tf.setBackend("cpu"));

const number = (x: tf.Tensor): number => x.dataSync()[0] ?? NaN;

test("side losses of one name add up and are added to the objective unless a loss takes them", () => {
  const emissions = new Emissions();
  emissions.emit("balance", tf.scalar(1), { loss: true, parts: 2 });
  emissions.emit("balance", tf.scalar(2), { loss: true, parts: 2 });
  emissions.emit("norm", tf.scalar(9));
  expect(number(emissions.addTo(tf.scalar(10)))).toBe(13);
  expect([...emissions.scalars.keys()].sort()).toEqual(["balance", "norm"]);
  expect(number(emissions.takeLoss("balance") as tf.Tensor)).toBe(3);
  expect(emissions.takeLoss("balance")).toBeUndefined();
  expect(number(emissions.addTo(tf.scalar(10)))).toBe(10);
});

test("a wrong number of parts is an error that names both numbers", () => {
  const emissions = new Emissions();
  emissions.emit("balance", tf.scalar(1), { loss: true, parts: 2 });
  expect(() => emissions.addTo(tf.scalar(0))).toThrow(/2 layers.*1 layers/);
});

test("a side loss from a checkpointed part is recorded once and has its gradient", () => {
  const w = new Param("part.w");
  const loss = (remat: ForwardContext["remat"]) => (value: tf.Tensor) => {
    const emissions = new Emissions();
    const part = ([x]: readonly tf.Tensor[]): tf.Tensor[] => {
      const h = tf.mul(x as tf.Tensor, w.value);
      emissions.emit("side", tf.sum(tf.square(h)), { loss: true, parts: 1 });
      return [tf.sum(h)];
    };
    const [y] = withParams(new Map([[w.path, value]]), () => emissions.remat(remat)("part", part, [tf.mul(value, 2)]));
    return emissions.addTo(y as tf.Tensor) as tf.Scalar;
  };
  const value = tf.tensor1d([0.5, -1.5]);
  for (const remat of [checkpointed, ((_scope, fn, inputs) => fn(inputs)) as ForwardContext["remat"]]) {
    const { value: total, grad } = tf.valueAndGrad(loss(remat))(value); // of sum(2 w^2) + sum(4 w^4)
    expect(number(total)).toBeCloseTo(2 * (0.25 + 2.25) + 4 * (0.0625 + 5.0625), 4);
    expect(grad.dataSync()[0]).toBeCloseTo(4 * 0.5 + 16 * 0.125, 3);
    expect(grad.dataSync()[1]).toBeCloseTo(4 * -1.5 + 16 * -3.375, 3);
  }
});
