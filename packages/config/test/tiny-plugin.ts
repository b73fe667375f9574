/** A small real plugin for check tests: a projecting block, an opaque one, a loss and stand-ins for the other kinds. */
import {
  defineBlock,
  defineDataset,
  defineLoss,
  defineOpaqueBlock,
  defineOptimizer,
  definePlugin,
  defineSchedule,
  maybeRead,
  read,
  ReadWriteBlock,
  write,
  type DataDict,
} from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { z } from "zod";

const project = defineBlock({
  name: "project",
  summary: "Multiplies by a matrix.",
  options: z.strictObject({ width: z.int().positive(), frozen: z.boolean().default(false) }),
  ports: { x: read("x", "B D"), bias: maybeRead("bias"), y: write("y", "B E") },
  build({ width, frozen }, context) {
    const weight = context.param("weight", [width, 3], { init: { kind: "constant", value: 1 }, trainable: !frozen });
    context.buffer("seen", [1], { init: { kind: "constant", value: 0 } });
    return { forward: ({ x }) => ({ y: tf.matMul(x, weight.value, false, true) }) };
  },
});

class Opaque extends ReadWriteBlock {
  override forward(dict: DataDict): DataDict {
    return dict;
  }
}

const opaque = defineOpaqueBlock({
  name: "opaque",
  summary: "Says nothing about its keys.",
  options: z.strictObject({}),
  build: (_options, context) => {
    const block = new Opaque();
    block.path = context.path;
    return block;
  },
});

const meanLoss = defineLoss({
  name: "mean",
  summary: "Mean of one key.",
  options: z.strictObject({}),
  ports: { x: read("y") },
  build: () => ({ forward: ({ x }) => ({ loss: tf.mean(x), metrics: {} }) }),
});

const nothing = defineDataset({
  name: "nothing",
  summary: "An empty dataset.",
  options: z.strictObject({ root: z.string() }),
  build: () => ({ length: 0, get: () => ({}) }),
});

const sgd = defineOptimizer({
  name: "sgd",
  summary: "Plain descent.",
  options: z.strictObject({ lr: z.number() }),
  build: ({ lr }) => ({
    slots: [],
    lr,
    weightDecay: 0,
    scalars: (_step, group) => ({ lr: group.lr }),
    update: ({ param, grad, slots, scalars }) => ({
      param: tf.sub(param, tf.mul(grad, scalars["lr"] ?? tf.scalar(lr))),
      slots,
    }),
  }),
});

const flat = defineSchedule({
  name: "flat",
  summary: "A constant.",
  options: z.strictObject({ value: z.number() }),
  build:
    ({ value }) =>
    () =>
      value,
});

export const tinyPlugin = definePlugin({
  namespace: "tiny",
  provides: [project, opaque, meanLoss, nothing, sgd, flat],
});
