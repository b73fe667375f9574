import * as tf from "@tensorflow/tfjs-core";
import { isL3mError } from "@l3m/errors";
import { expect, it } from "vitest";
import { floats, withEngine } from "./with-engine.ts";

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

type State = {
  readonly w: tf.Tensor;
  readonly slots: { readonly m: tf.Tensor; readonly v: tf.Tensor };
  readonly n: tf.Tensor;
};

const start = (): State => ({
  w: floats([4, 3]),
  slots: { m: tf.zeros([4, 3]), v: tf.ones([4, 3]) },
  n: tf.scalar(0, "int32"),
});

/** Momentum on a quadratic; the next state is written in another order than the state is read. */
const descend = (state: State, x: tf.Tensor, inputs: { readonly rate: tf.Tensor }) => {
  const loss = tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, state.w as tf.Tensor2D)));
  const grad = tf.matMul(x as tf.Tensor2D, tf.matMul(x as tf.Tensor2D, state.w as tf.Tensor2D), true, false);
  const m = tf.add(tf.mul(state.slots.m, 0.9), grad);
  return {
    loss,
    state: {
      n: tf.add(state.n, tf.scalar(1, "int32")),
      slots: { v: state.slots.v, m },
      w: tf.sub(state.w, tf.mul(m, inputs.rate)),
    },
    extra: [tf.mean(m)],
  };
};
const newStep = () => engine().jit(descend, { name: "descend", donate: [0] });
const valuesOf = (state: State) => [state.w, state.slots.m, state.slots.v, state.n].map(read);
const batches = Array.from({ length: 12 }, (_, i) => i + 1);

it("gives bit for bit what the pure function gives, also when the state is looked at on the way", () => {
  const step = newStep();
  const rate = tf.scalar(0.01);
  let pure = start();
  const stepper = step.bind(start());
  for (const seed of batches) {
    const x = floats([2, 4], seed);
    const expected = step(pure, x, { rate });
    pure = expected.state;
    const got = stepper.run(x, { rate });
    expect(Object.keys(got).sort()).toEqual(["extra", "loss"]);
    expect(read(got.loss)).toEqual(read(expected.loss));
    expect(read(got.extra[0] as tf.Tensor)).toEqual(read(expected.extra[0] as tf.Tensor));
    if (seed % 5 === 0) {
      expect(valuesOf(stepper.state())).toEqual(valuesOf(pure));
      expect(stepper.state()).toBe(stepper.state());
    }
  }
  expect(valuesOf(stepper.state())).toEqual(valuesOf(pure));
  expect(step.reports).toHaveLength(1);
  expect(step.reports[0]?.moduleText.match(/tf\.aliasing_output/g)).toHaveLength(4);
});

it("consumes the tensors of the state, and says so to whoever uses them afterwards", () => {
  const state = start();
  const kept = tf.clone(state.w);
  const before = read(kept);
  const pending = tf.add(state.slots.v, 1);
  const stepper = newStep().bind(state);
  const inputs = [floats([2, 4]), { rate: tf.scalar(0.1) }] as const;
  expect(state.w.isDisposed).toBe(false);
  stepper.run(...inputs);
  expect([state.w, state.slots.m, state.slots.v, state.n].map((t) => t.isDisposed)).toEqual([true, true, true, true]);
  expect(errorOf(() => read(state.slots.m))).toMatch(/disposed/);
  expect(read(kept)).toEqual(before);
  expect(new Set(read(pending))).toEqual(new Set([2]));
  const seen = stepper.state();
  const values = valuesOf(seen);
  const copy = tf.clone(seen.w);
  stepper.run(...inputs);
  expect(seen.w.isDisposed).toBe(true);
  expect(read(copy)).toEqual(values[0]);
  stepper.dispose();
  expect(errorOf(() => stepper.state())).toMatch(/^L3M_TRACE.*disposed of/s);
  expect(errorOf(() => stepper.run(...inputs))).toMatch(/^L3M_TRACE.*disposed of/s);
});

it("keeps the number of buffers and tensors constant over many steps, and frees them in the end", () => {
  const live = engine().memory().liveBuffers;
  const stepper = newStep().bind(start());
  const step = (): void => {
    const [x, rate] = [floats([2, 4]), tf.scalar(0.001)];
    const { loss, extra } = stepper.run(x, { rate });
    tf.dispose([x, rate, loss, ...extra]);
  };
  step();
  const after = { ...engine().memory(), tensors: tf.memory().numTensors };
  expect(after.liveBuffers).toBeGreaterThanOrEqual(live + 4);
  for (let i = 0; i < 200; i++) step();
  expect({ ...engine().memory(), tensors: tf.memory().numTensors }).toEqual(after);
  stepper.dispose();
  expect(engine().memory().liveBuffers).toBe(after.liveBuffers - 4);
});

it("goes on with inputs of another shape", () => {
  const step = newStep();
  const rate = tf.scalar(0.01);
  const stepper = step.bind(start());
  let pure = start();
  for (const rows of [2, 5, 5, 2]) {
    const x = floats([rows, 4], rows);
    pure = step(pure, x, { rate }).state;
    stepper.run(x, { rate });
  }
  expect(step.reports).toHaveLength(2);
  expect(valuesOf(stepper.state())).toEqual(valuesOf(pure));
});

it("runs ahead: several steps are dispatched before anything is read", () => {
  const stepper = newStep().bind(start());
  const rate = tf.scalar(0.01);
  const losses = batches.map((seed) => {
    const x = floats([2, 4], seed);
    const { loss } = stepper.run(x, { rate });
    x.dispose();
    return loss;
  });
  const step = newStep();
  let pure = start();
  const expected = batches.map((seed) => {
    const result = step(pure, floats([2, 4], seed), { rate });
    pure = result.state;
    return read(result.loss);
  });
  expect(losses.map(read)).toEqual(expected);
});

it("says why a function cannot keep its state", () => {
  const one = (): { a: tf.Tensor } => ({ a: tf.scalar(1) });
  const bound = (fn: (state: { a: tf.Tensor }) => object, donate: number[] = [0]): string =>
    errorOf(() =>
      engine()
        .jit(fn as (state: { a: tf.Tensor }) => { state: { a: tf.Tensor } }, { name: "f", donate })
        .bind(one())
        .run(),
    );
  expect(bound((state) => ({ next: state }))).toMatch(/^L3M_TRACE.*no such key/s);
  expect(bound(() => ({ state: {} }))).toMatch(/^L3M_TRACE.*no \/a in the next state/s);
  expect(bound(({ a }) => ({ state: { a, b: a } }))).toMatch(/^L3M_TRACE.*1 tensors more/s);
  expect(bound(({ a }) => ({ state: { a: tf.cast(a, "int32") } }))).toMatch(/^L3M_TRACE.*\/a is float32.*int32/s);
  expect(bound((state) => ({ state }), [])).toMatch(/^L3M_TRACE.*not donated/s);
  const stepper = engine()
    .jit((state: { a: tf.Tensor }) => ({ state }), { name: "inner", donate: [0] })
    .bind(one());
  expect(errorOf(() => engine().jit(() => stepper.run(), { name: "outer" })())).toMatch(
    /^L3M_TRACE.*called inside "outer"/s,
  );
});

it("copies from recycled memory while it runs ahead, and every step sees its own batch", async () => {
  const size = 1 << 20;
  const step = engine().jit(
    (state: { sum: tf.Tensor }, x: tf.Tensor) => ({
      state: { sum: tf.add(state.sum, tf.sum(x)) },
      metrics: tf.stack([tf.max(x), tf.min(x)]),
    }),
    { name: "recycled", donate: [0] },
  );
  const ring = Array.from({ length: 3 }, () => new Float32Array(new SharedArrayBuffer(4 * size)));
  const stepper = step.bind({ sum: tf.scalar(0) });
  const inFlight: tf.Tensor[] = [];
  const seen: number[][] = [];
  for (let k = 0; k < 24; k++) {
    const data = ring[k % ring.length] as Float32Array; // what the loader does: the memory of step k - 3, whose numbers were read
    data.fill(k);
    const x = engine().tensorOver(data, [size]);
    inFlight.push(stepper.run(x).metrics);
    x.dispose();
    if (inFlight.length >= 2) seen.push(Array.from(await (inFlight.shift() as tf.Tensor).data()));
  }
  seen.push(Array.from(await (inFlight.shift() as tf.Tensor).data()));
  expect(seen).toEqual(Array.from({ length: 24 }, (_, k) => [k, k]));
  expect(read(stepper.state().sum)).toEqual([(size * 23 * 24) / 2]);
});

it("a plain tensor's array may change as soon as the call returned", () => {
  const size = 1 << 20;
  const step = engine().jit(
    (state: { sum: tf.Tensor }, x: tf.Tensor) => ({ state: { sum: tf.add(state.sum, tf.max(x)) } }),
    {
      name: "plain",
      donate: [0],
    },
  );
  const stepper = step.bind({ sum: tf.scalar(0) });
  const data = new Float32Array(size);
  for (let k = 1; k <= 8; k++) {
    data.fill(k);
    const x = tf.tensor1d(data);
    stepper.run(x);
    x.dispose();
  }
  expect(read(stepper.state().sum)).toEqual([36]);
});
