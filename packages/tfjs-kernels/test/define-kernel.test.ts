/** Kernels that L3M adds: what the gradient is given. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { defineKernel, registerGradients } from "../src/index.ts";

registerGradients();

it("the gradient gets the chosen outputs behind all inputs, of named and of listed inputs", () => {
  for (const inputs of [["x"], "list"] as const) {
    const name = `SquareAndExp${inputs.length}`;
    const run = defineKernel({
      name,
      inputs,
      fallback: (given) => {
        const x = Object.values(given)[0] as Tensor;
        return [tf.square(x), tf.exp(x)];
      },
      outputsToSave: [false, true],
      gradient: ([, dExp], [x, ...rest], _attrs, outputs) => {
        expect(rest).toHaveLength(0);
        expect(outputs).toHaveLength(1);
        expect(x?.dataSync()[0]).toBe(2);
        return { [inputs === "list" ? 0 : "x"]: () => tf.mul(dExp as Tensor, outputs[0] as Tensor) };
      },
    });
    const gradient = tf.grad((x) => tf.sum(run([x], {})[1] as Tensor))(tf.tensor1d([2]));
    expect(gradient.dataSync()[0]).toBeCloseTo(Math.exp(2), 5);
  }
});
