/** Compiled functions spread over virtual CPU devices give what one device gives. */
import * as tf from "@tensorflow/tfjs-core";
import { isL3mError } from "@l3m/errors";
import { ensurePlugin } from "@l3m/pjrt";
import { type Mesh, type Sharding } from "@l3m/stablehlo";
import { counterUniform, registerGradients, shardingConstraint, streamOf } from "@l3m/tfjs-kernels";
import { expect, it } from "vitest";
import { startXla, type XlaEngine } from "../src/index.ts";
import { distance, floats } from "./with-engine.ts";

const mesh: Mesh = {
  name: "mesh",
  axes: [
    { name: "dp", size: 2 },
    { name: "tp", size: 2 },
  ],
};
const split = (...dims: string[][]): Sharding => ({ mesh: "mesh", dims });
const read = (t: tf.Tensor) => Array.from(t.dataSync());
registerGradients();

async function onMesh<T>(run: (engine: XlaEngine) => T): Promise<T> {
  const engine = startXla({ pluginPath: await ensurePlugin("cpu"), clientOptions: { cpu_device_count: 4n }, mesh });
  try {
    return run(engine);
  } finally {
    await engine.stop();
  }
}

const step = ([w, b]: readonly tf.Tensor[], x: tf.Tensor) => {
  const loss = (v: tf.Tensor, c: tf.Tensor) =>
    tf.mean(tf.square(tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, v as tf.Tensor2D), c))));
  const [dw, db] = tf.grads(loss)([w as tf.Tensor, b as tf.Tensor]) as [tf.Tensor, tf.Tensor];
  return {
    state: [tf.sub(w as tf.Tensor, tf.mul(0.1, dw)), tf.sub(b as tf.Tensor, tf.mul(0.1, db))] as readonly tf.Tensor[],
    loss: loss(w as tf.Tensor, b as tf.Tensor),
  };
};

/** Losses and final weights of 5 steps. */
function train(
  engine: XlaEngine,
  shardings: { state?: readonly Sharding[]; batch?: Sharding },
): { losses: number[]; w: number[]; text: string } {
  const f = engine.jit(step, {
    name: "step",
    donate: [0],
    inShardings: [shardings.state, shardings.batch],
    outShardings: { state: shardings.state, loss: undefined },
  });
  let state: readonly tf.Tensor[] = [floats([8, 4]), floats([4], 2)];
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    const out = f(state, floats([16, 8], 10 + i));
    state = out.state;
    losses.push(read(out.loss)[0] as number);
  }
  return { losses, w: read(state[0] as tf.Tensor), text: f.reports[0]?.moduleText ?? "" };
}

it("keeps a sharded state between calls: bit for bit what the calls of the function give", async () => {
  const bound = (engine: XlaEngine, state: readonly Sharding[]): { losses: number[]; w: number[]; live: number } => {
    const f = engine.jit(step, {
      donate: [0],
      inShardings: [state, split(["dp"])],
      outShardings: { state, loss: undefined },
    });
    const before = engine.memory().liveBuffers;
    const stepper = f.bind([floats([8, 4]), floats([4], 2)]);
    const losses = Array.from({ length: 5 }, (_, i) => {
      const x = floats([16, 8], 10 + i);
      const batch = engine.tensorOver(Float32Array.from(read(x)), x.shape);
      const { loss } = stepper.run(batch);
      const [value] = read(loss);
      tf.dispose([x, batch, loss]);
      return value as number;
    });
    const live = engine.memory().liveBuffers - before;
    return { losses, w: read(stepper.state()[0] as tf.Tensor), live };
  };
  const state = [split(["dp"], ["tp"]), split(["tp"])];
  const { losses, w } = await onMesh((engine) => train(engine, { state, batch: split(["dp"]) }));
  expect(await onMesh((engine) => bound(engine, state))).toEqual({ losses, w, live: 8 });
});

it("replicated, data parallel and fully sharded training agree with one device", async () => {
  const engine = startXla({ pluginPath: await ensurePlugin("cpu") });
  const single = train(engine, {});
  await engine.stop();
  const layouts = [
    {},
    { batch: split(["dp", "tp"]) },
    { state: [split(["dp"], ["tp"]), split(["tp"])], batch: split(["dp"]) },
    { state: [split(["tp", "dp"]), split(["dp", "tp"])], batch: split(["dp", "tp"]) },
  ];
  for (const layout of layouts) {
    const spread = await onMesh((e) => train(e, layout));
    expect(distance(spread.losses, single.losses)).toBeLessThan(1e-5);
    expect(distance(spread.w, single.w)).toBeLessThan(1e-5);
    expect(spread.text).toContain('sdy.mesh @mesh = <["dp"=2, "tp"=2]>');
  }
});

it("splits and joins arrays of any sharding", async () => {
  await onMesh((engine) => {
    const shape = [4, 8, 6];
    for (const dims of [
      [[], [], []],
      [["dp"], ["tp"], []],
      [["tp", "dp"], [], []],
      [[], ["dp", "tp"], []],
      [[], ["dp"], ["tp"]],
    ]) {
      const sharding = split(...dims);
      const f = engine.jit((x: tf.Tensor) => tf.add(x, 1), { inShardings: [sharding], outShardings: sharding });
      const x = floats(shape);
      const y = f(x);
      expect(
        distance(
          read(y),
          read(x).map((v) => v + 1),
        ),
      ).toBeLessThan(1e-6);
      expect(
        distance(
          read(tf.mul(y, 2)),
          read(x).map((v) => 2 * v + 2),
        ),
      ).toBeLessThan(1e-6);
      expect(
        distance(
          read(f(y)),
          read(x).map((v) => v + 2),
        ),
      ).toBeLessThan(1e-6);
    }
  });
});

it("updates sharded state, captures replicated tensors, and constrains values inside", async () => {
  await onMesh((engine) => {
    const bias = tf.scalar(1);
    const v = tf.variable(floats([4, 4]));
    const start = read(v);
    const f = engine.jit(
      (x: tf.Tensor) => {
        v.assign(tf.add(v, bias));
        return shardingConstraint(tf.matMul(x as tf.Tensor2D, v as tf.Tensor2D), [["dp"], ["tp"]]);
      },
      { inShardings: [split(["dp"])] },
    );
    f(floats([4, 4], 2));
    const y = f(floats([4, 4], 2));
    expect(
      distance(
        read(v),
        start.map((value) => value + 2),
      ),
    ).toBeLessThan(1e-6);
    expect(distance(read(y), read(tf.matMul(floats([4, 4], 2) as tf.Tensor2D, v as tf.Tensor2D)))).toBeLessThan(1e-5);
    expect(f.reports[0]?.moduleText).toContain("sdy.sharding_constraint");
    v.dispose();
  });
});

it("draws the same random numbers under every sharding", async () => {
  const draw = (engine: XlaEngine, sharding: Sharding | undefined) =>
    read(
      engine.jit((key: tf.Tensor) => counterUniform(key, { shape: [16, 4], stream: streamOf("s") }), {
        outShardings: sharding,
      })(tf.tensor1d([1, 2], "int32")),
    );
  const expected = await onMesh((engine) => draw(engine, undefined));
  expect(await onMesh((engine) => draw(engine, split(["dp", "tp"])))).toEqual(expected);
  expect(await onMesh((engine) => draw(engine, split(["dp"], ["tp"])))).toEqual(expected);
});

it("rejects dimensions that do not divide, and meshes that are too large", async () => {
  const error = await onMesh((engine) => {
    try {
      engine.jit((x: tf.Tensor) => x, { inShardings: [split(["dp", "tp"])] })(floats([6]));
    } catch (caught) {
      return isL3mError(caught) ? caught.message : "";
    }
    return "";
  });
  expect(error).toMatch(/dimension 0 does not divide over dp x tp[\s\S]*multiple of 4[\s\S]*6/);
  const pluginPath = await ensurePlugin("cpu");
  expect(() => startXla({ pluginPath, clientOptions: { cpu_device_count: 2n }, mesh })).toThrow(
    /more devices than the client/,
  );
});
