/** Ports that take masks: true and false, or the integers that data bring. */
import { build, corePlugin, defineBlock, definePlugin, evalContext, read, Registry, write } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, it } from "vitest";
import { z } from "zod";

beforeAll(async () => void (await tf.setBackend("cpu")));

const boolPorts = defineBlock({
  name: "bool-ports",
  summary: "Not.",
  options: z.strictObject({}),
  ports: { x: read("x", "B", { dtype: "bool" }), y: write("y", "B", { dtype: "bool" }) },
  build: () => ({ forward: ({ x }) => ({ y: tf.logicalNot(x) }) }),
});
const registry = new Registry([corePlugin, definePlugin({ namespace: "test", provides: [boolPorts] })]);

it("a bool port takes integers, of which 0 is false, and no floats", async () => {
  const { product } = build(registry, "block", { block: "test/bool-ports" });
  const notOf = (x: tf.Tensor) => product.forward(new Map([["x", x]]), evalContext()).get("y") as tf.Tensor;
  expect([...(await notOf(tf.tensor1d([0, 1, 2], "int32")).data())]).toEqual([1, 0, 0]);
  expect([...(await notOf(tf.tensor1d([false, true], "bool")).data())]).toEqual([1, 0]);
  expect(() => notOf(tf.tensor1d([0, 1], "float32"))).toThrow(/expected: bool/);
});
