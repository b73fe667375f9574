import * as tf from "@tensorflow/tfjs-core";
import { isL3mError } from "@l3m/errors";
import { expect, it } from "vitest";
import { type Tree } from "../src/index.ts";
import { distance, expectParity, floats, withEngine } from "./with-engine.ts";

const engine = withEngine();
const read = (t: tf.Tensor) => Array.from(t.dataSync());
const errorOf = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return isL3mError(error) ? `${error.code} ${error.message}` : String(error);
  }
  return "no error";
};

const mlp = (x: tf.Tensor, w1: tf.Tensor, w2: tf.Tensor) => {
  const h = tf.relu(tf.matMul(x as tf.Tensor2D, w1 as tf.Tensor2D));
  return tf.mean(tf.logSoftmax(tf.matMul(h, w2 as tf.Tensor2D)));
};

it("gives what eager gives, values and gradients", () => {
  const inputs = [floats([5, 4]), floats([4, 8], 2), floats([8, 3], 3)] as const;
  const gradients = (x: tf.Tensor, w1: tf.Tensor, w2: tf.Tensor) =>
    tf.grads((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => mlp(a, b, c))([x, w1, w2]);
  const compiled = engine().jit(gradients)(...inputs);
  gradients(...inputs).forEach((g, i) => expect(distance(read(compiled[i] as tf.Tensor), read(g))).toBeLessThan(1e-6));
  expectParity(() => gradients(floats([5, 4]), floats([4, 8], 2), floats([8, 3], 3)));
});

it("takes and gives trees, and traces once per signature", () => {
  let traces = 0;
  const f = engine().jit((state: { w: tf.Tensor; list: readonly tf.Tensor[]; none?: undefined }, x: tf.Tensor) => {
    traces++;
    return { y: tf.add(tf.mul(state.w, x), state.list[1] as tf.Tensor), same: [x, undefined] as const };
  });
  const call = (n: number) =>
    f({ w: tf.scalar(n), list: [tf.scalar(0), tf.scalar(1)], none: undefined }, tf.tensor1d([1, 2]));
  expect(read(call(3).y)).toEqual([4, 7]);
  expect(read(call(5).y)).toEqual([6, 11]);
  expect(call(1).same[1]).toBeUndefined();
  expect(traces).toBe(1);
  const wider = f({ w: tf.scalar(2), list: [tf.scalar(0), tf.scalar(1)] }, tf.tensor1d([1, 2, 3]));
  expect([read(wider.y), traces, f.reports.length]).toEqual([[3, 5, 7], 2, 2]);
  expect(f.reports[0]?.memoryStats().argumentBytes).toBeGreaterThan(0);
});

it("updates variables, reuses their buffers, and sees assignments from outside", () => {
  const v = tf.variable(tf.tensor1d([1, 2]) as tf.Tensor);
  const step = engine().jit(
    (x: tf.Tensor) => {
      v.assign(tf.add(v, x));
      return tf.sum(v);
    },
    { name: "accumulate" },
  );
  expect(read(step(tf.scalar(1)))).toEqual([5]);
  expect(read(step(tf.scalar(1)))).toEqual([7]);
  v.assign(tf.tensor1d([10, 10]));
  expect(read(step(tf.scalar(1)))).toEqual([22]);
  expect(read(v)).toEqual([11, 11]);
  expect(step.reports).toHaveLength(1);
  expect(step.reports[0]?.moduleText).toContain("tf.aliasing_output = 1");
  v.dispose();
  expect(errorOf(() => step(tf.scalar(1)))).toMatch(/^L3M_TRACE.*disposed/s);
});

it("keeps clones of a variable, and eager results of it, from before the call", () => {
  const v = tf.variable(tf.tensor1d([1, 2]) as tf.Tensor);
  const step = engine().jit(() => {
    v.assign(tf.mul(v, 2));
    return undefined;
  });
  step();
  const [before, pending] = [tf.clone(v), tf.add(v, 100)];
  step();
  step();
  expect([read(before), read(pending), read(v)]).toEqual([
    [2, 4],
    [102, 104],
    [8, 16],
  ]);
  v.dispose();
});

it("runs tfjs optimizers, which make their slots inside the function", () => {
  const train = (backend: string, compile: boolean) => {
    void tf.setBackend(backend);
    const w = tf.variable(floats([4, 2], 5));
    const x = floats([6, 4], 6);
    const adam = tf.train.adam(0.1);
    const step = () => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))) as tf.Scalar,
        [w],
      );
      adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value as tf.Tensor;
    };
    const run = compile ? engine().jit(step, { name: "adam" }) : step;
    const losses = Array.from({ length: 5 }, () => read(run())[0] as number);
    adam.dispose();
    w.dispose();
    return losses;
  };
  const expected = train("cpu", false);
  expect(distance(train("xla", false), expected)).toBeLessThan(1e-4);
  expect(distance(train("xla", true), expected)).toBeLessThan(1e-4);
});

it("consumes donated arguments", () => {
  const step = engine().jit((state: readonly tf.Tensor[], x: tf.Tensor) => state.map((s) => tf.add(s, x)), {
    name: "donating",
    donate: [0],
  });
  const x = tf.scalar(1);
  let state: readonly tf.Tensor[] = [floats([8]), floats([2, 3])];
  const first = read(state[0] as tf.Tensor);
  const kept = tf.clone(state[1] as tf.Tensor);
  const old = state;
  for (let i = 0; i < 3; i++) state = step(state, x);
  expect(
    distance(
      read(state[0] as tf.Tensor),
      first.map((v) => v + 3),
    ),
  ).toBeLessThan(1e-6);
  expect(old.map((t) => t.isDisposed)).toEqual([true, true]);
  expect(
    distance(
      read(state[1] as tf.Tensor),
      read(kept).map((v) => v + 3),
    ),
  ).toBeLessThan(1e-6);
  const [same] = [floats([4])];
  const doubled = engine().jit((a: tf.Tensor, b: tf.Tensor) => tf.add(a, b), { donate: [0] })(
    same as tf.Tensor,
    same as tf.Tensor,
  );
  expect(doubled.shape).toEqual([4]);
  expect(errorOf(() => engine().jit((a: tf.Tensor) => a, { donate: [1] })(x))).toMatch(/^L3M_BAD_OPTION/);
});

it("reads captured tensors at every call", () => {
  const scale = tf.scalar(3);
  const pending = tf.mul(scale, 2);
  const f = engine().jit((x: tf.Tensor) => tf.mul(tf.add(x, pending), scale));
  expect(read(f(tf.scalar(1)))).toEqual([21]);
  expect(read(f(tf.scalar(2)))).toEqual([24]);
  scale.dispose();
  expect(errorOf(() => f(tf.scalar(1)))).toMatch(/disposed since it was traced/);
});

const TRAPS: readonly (readonly [string, (x: tf.Tensor) => Tree, RegExp])[] = [
  [
    "reading a traced tensor",
    (x) => tf.scalar(x.dataSync()[0] as number),
    /values of a traced tensor were read inside "trap"/,
  ],
  ["tf.randomNormal", (x) => tf.add(x, tf.randomNormal([1])), /draws a random number on the host/],
  ["tf.dropout", (x) => tf.dropout(x, 0.5), /draws a random number on the host/],
  [
    "a large host array",
    (x) => tf.add(x, tf.tensor1d(Float32Array.from({ length: 5000 }, (_, i) => i))),
    /float32\[5000\] on the host, used by Add/,
  ],
  ["a number as a result", () => 3 as never, /no tree of tensors/],
];

it.each(TRAPS)("rejects inside a trace: %s", (_name, fn, message) => {
  const numTensors = tf.memory().numTensors;
  const x = tf.scalar(1);
  expect(errorOf(() => engine().jit(fn, { name: "trap" })(x))).toMatch(
    new RegExp(`^L3M_TRACE[\\s\\S]*${message.source}`),
  );
  x.dispose();
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(read(tf.add(tf.scalar(1), tf.scalar(1)))).toEqual([2]);
});

it("allows large constants of one value, and says when a traced tensor leaks", () => {
  let leaked: tf.Tensor | undefined;
  const f = engine().jit(
    (x: tf.Tensor) => {
      leaked = tf.keep(tf.add(x, 1));
      return tf.add(x, tf.zeros([5000]));
    },
    { name: "leaky" },
  );
  expect(f(tf.scalar(1)).shape).toEqual([5000]);
  expect(errorOf(() => tf.add(leaked as tf.Tensor, 1))).toMatch(/^L3M_TRACE.*made while tracing "leaky"/s);
});

it("leaves no tensors behind but the outputs", () => {
  const w = floats([8, 8]);
  const f = engine().jit((x: tf.Tensor) =>
    tf.grad((v) => tf.sum(tf.tanh(tf.matMul(v as tf.Tensor2D, w as tf.Tensor2D))))(x),
  );
  const x = floats([8, 8], 2);
  const before = tf.memory();
  const y = f(x);
  f(x).dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors + 1);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
  y.dispose();
});

it("inlines a jitted function that another one calls", () => {
  const inner = engine().jit((x: tf.Tensor) => tf.mul(x, 2));
  const outer = engine().jit((x: tf.Tensor) => tf.add(inner(x), 1));
  expect(read(outer(tf.scalar(4)))).toEqual([9]);
  expect(inner.reports).toHaveLength(0);
});

it("prepares without running or blocking", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const f = engine().jit((x: tf.Tensor) => tf.softmax(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true)), {
    name: "prepared",
  });
  const x = floats([16, 16]);
  const report = await f.prepare(x);
  clearInterval(timer);
  expect([report.name, report.fromCache, turns > 0]).toEqual(["prepared", false, true]);
  expect(await f.prepare(x)).toBe(report);
  expect(f(x).shape).toEqual([16, 16]);
  expect(f.reports).toEqual([report]);
});

it("runs 1000 training steps with a stable number of buffers", async () => {
  const state = [floats([16, 16]), floats([16])];
  const step = engine().jit(
    ([w, b]: readonly tf.Tensor[], x: tf.Tensor) => {
      const loss = (v: tf.Tensor, c: tf.Tensor) =>
        tf.mean(tf.square(tf.add(tf.matMul(x as tf.Tensor2D, v as tf.Tensor2D), c)));
      const [dw, db] = tf.grads(loss)([w as tf.Tensor, b as tf.Tensor]) as [tf.Tensor, tf.Tensor];
      return {
        state: [
          tf.sub(w as tf.Tensor, tf.mul(0.01, dw)),
          tf.sub(b as tf.Tensor, tf.mul(0.01, db)),
        ] as readonly tf.Tensor[],
        loss: loss(w as tf.Tensor, b as tf.Tensor),
      };
    },
    { name: "train", donate: [0] },
  );
  let current: readonly tf.Tensor[] = state;
  const counts: number[] = [];
  let pending: Promise<ArrayLike<number>> | undefined;
  for (let i = 0; i < 1000; i++) {
    const x = floats([4, 16], i + 1);
    const out = step(current, x);
    current = out.state;
    pending = out.loss.data();
    if (i % 100 === 99) await pending;
    x.dispose();
    out.loss.dispose();
    if (i % 100 === 99) counts.push(engine().memory().liveBuffers);
  }
  await pending;
  expect(new Set(counts).size).toBe(1);
});
