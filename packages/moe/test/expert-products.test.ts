/** The sorted layouts at any load, against products taken one assignment at a time. S assignments, E experts, I in, O out. */
import "@tensorflow/tfjs-backend-cpu";
import { embeddingGather } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import { beforeAll, describe, expect, test } from "vitest";
import { capacityLayout, droplessLayout, expertProducts } from "../src/index.ts";

beforeAll(() => tf.setBackend("cpu"));

const LOADS: readonly { name: string; E: number; experts: readonly number[] }[] = [
  { name: "one assignment", E: 3, experts: [1] },
  { name: "one expert", E: 1, experts: [0, 0, 0, 0, 0] },
  { name: "everything on the last expert", E: 4, experts: Array.from({ length: 37 }, () => 3) },
  { name: "everything on the first expert", E: 4, experts: Array.from({ length: 37 }, () => 0) },
  { name: "in turn", E: 4, experts: Array.from({ length: 40 }, (_, i) => i % 4) },
  { name: "two experts without work", E: 5, experts: Array.from({ length: 61 }, (_, i) => [1, 1, 4, 2][i % 4] ?? 0) },
  { name: "more experts than assignments", E: 16, experts: [15, 3, 3, 0, 8] },
  { name: "blocks of whole tiles", E: 2, experts: Array.from({ length: 1030 }, (_, i) => (i % 7 === 0 ? 1 : 0)) },
];
const I = 3;
const O = 2;
const wave = (shape: number[], step: number): tf.Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1 + step * i)),
    shape,
  );

describe.each(LOADS)("$name", ({ E, experts }) => {
  const ids = (): tf.Tensor => tf.tensor1d([...experts], "int32");
  const S = experts.length;

  test("each assignment has a row of its own in a block of its expert", async () => {
    const layout = droplessLayout(ids(), E);
    const rows = Array.from(await layout.rowOfAssignment.data());
    const owner = await layout.expertOfBlock.data();
    const inverse = await layout.assignmentOfRow.data();
    expect(new Set(rows).size).toBe(S);
    expect(rows.map((row) => owner[Math.floor(row / layout.rowsPerBlock)])).toEqual(experts);
    expect(rows.map((row) => inverse[row])).toEqual(experts.map((_, i) => i));
    expect(Math.max(...owner)).toBeLessThan(E);
  });

  test("products and their gradients are those of each assignment's own expert", async () => {
    const x_SI = wave([S, I], 0.7);
    const w_EOI = wave([E, O, I], 0.3);
    const dy_SO = wave([S, O], 0.9);
    const grouped = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => {
      const layout = droplessLayout(ids(), E);
      return embeddingGather(
        expertProducts(embeddingGather(x, layout.assignmentOfRow), layout, w),
        layout.rowOfAssignment,
      );
    };
    const singly = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => {
      const own = tf.tensor(experts.map((expert) => Array.from({ length: E }, (_, e) => (e === expert ? 1 : 0))));
      const all = tf.reshape(tf.matMul(x, tf.reshape(w, [E * O, I]), false, true), [S, E, O]);
      return tf.sum(tf.mul(all, tf.expandDims(own, 2)), 1);
    };
    expect(maxDifference(grouped(x_SI, w_EOI), singly(x_SI, w_EOI))).toBeLessThan(1e-5);
    const [dx, dw] = tf.grads((x, w) => tf.sum(tf.mul(grouped(x, w), dy_SO)))([x_SI, w_EOI]) as [tf.Tensor, tf.Tensor];
    const [rx, rw] = tf.grads((x, w) => tf.sum(tf.mul(singly(x, w), dy_SO)))([x_SI, w_EOI]) as [tf.Tensor, tf.Tensor];
    expect(maxDifference(dx, rx)).toBeLessThan(1e-5);
    expect(maxDifference(dw, rw)).toBeLessThan(1e-4);
  });

  test("limited capacity keeps the first assignments of each expert", async () => {
    const capacity = 2;
    const { kept, rowOfAssignment } = capacityLayout(ids(), E, capacity);
    const seen = Array.from({ length: E }, () => 0);
    const expected = experts.map((expert) => {
      const rank = (seen[expert] ?? 0) as number;
      seen[expert] = rank + 1;
      return rank < capacity ? expert * capacity + rank : undefined;
    });
    expect(Array.from(await (kept as tf.Tensor).data())).toEqual(expected.map((row) => (row === undefined ? 0 : 1)));
    expect(Array.from(await rowOfAssignment.data())).toEqual(expected.map((row) => row ?? 0));
  });
});

test("the layout leaves at most a quarter of the assignments' rows over, but for the rounding to tiles", () => {
  const S = 8192;
  const layout = droplessLayout(tf.fill([S], 0, "int32"), 4);
  expect(layout.rowsPerBlock * layout.expertOfBlock.size).toBeLessThanOrEqual(1.25 * S);
});

function maxDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN;
}
