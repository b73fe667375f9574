/** Restored tensors: bit for bit what was saved, read one at a time, and on the devices before the next is read. */
import * as tf from "@l3m/core/tf";
import type { ParamSpec } from "@l3m/core";
import { afterEach, expect, it } from "vitest";
import { placeOn } from "../src/checkpoint/place-on-engine.ts";
import { restoreState, savedTensors } from "../src/checkpoint/state-tensors.ts";
import { type Engine, openEngine, type TensorSource } from "../src/index.ts";

let engine: Engine | undefined;
afterEach(() => engine?.stop());

const PARAMS = ["a", "b", "c"].map((path): ParamSpec => {
  const rest = {
    axes: ["embed"],
    trainable: true,
    project: undefined,
    role: "linear.weight",
    precision: undefined,
  } as const;
  return { path, shape: [4], init: { kind: "constant", value: 0 }, ...rest };
});
/** Signed zeros, a subnormal, an infinity and a NaN with a payload: arithmetic would change some of them. */
const BITS = Uint32Array.of(0x80000000, 1, 0x7f800000, 0x7fc00123);
const MODEL = { params: PARAMS, buffers: [] };

it.each(["tfjs-cpu", "xla-cpu"])("%s: restores one tensor at a time, bit for bit", async (name) => {
  engine = await openEngine(name);
  const events: string[] = [];
  const saved = new Map(
    ["model", "optim/exp_avg"].flatMap((prefix) =>
      PARAMS.map(({ path }): [string, TensorSource] => {
        const read = async (): Promise<Float32Array> => {
          events.push(`read ${prefix}/${path}`);
          return new Float32Array(BITS.slice().buffer);
        };
        return [`${prefix}/${path}`, { dtype: "F32", shape: [4], read }];
      }),
    ),
  );
  const place = placeOn(engine, undefined);
  const state = await restoreState(MODEL, saved, ["exp_avg"], async (tensor, kind) => {
    const placed = await place(tensor, kind);
    events.push("placed");
    return placed;
  });
  expect(events).toEqual([...saved.keys()].flatMap((tensor) => [`read ${tensor}`, "placed"]));
  for (const source of savedTensors(state).values()) expect(bitsOf(await source.read())).toEqual([...BITS]);
});

it("xla-cpu: a placed tensor needs its host array no more", async () => {
  engine = await openEngine("xla-cpu");
  const host = Float32Array.of(1, 2, 3);
  const given = tf.tensor(host, [3], "float32");
  const placed = await placeOn(engine, undefined)(given, "param");
  host.fill(9);
  expect(given.isDisposed).toBe(true);
  expect(await placed.data()).toEqual(Float32Array.of(1, 2, 3));
});

it("names what the optimizer's state lacks before anything is read", async () => {
  const read = (): Promise<never> => expect.unreachable("nothing is to be read");
  const saved = new Map(
    PARAMS.map(({ path }) => [`model/${path}`, { dtype: "F32", shape: [4], read } as TensorSource]),
  );
  const restored = restoreState(MODEL, saved, ["exp_avg"], (tensor) => Promise.resolve(tensor));
  await expect(restored).rejects.toThrow(/"a" is missing/);
});

function bitsOf(data: ArrayBufferView): number[] {
  return [...new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4)];
}
