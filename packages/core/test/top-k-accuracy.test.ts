/** Top-k accuracy, also where k is as large as the number of classes or a target is none of them. */
import { expect, test } from "vitest";
import { topKAccuracy } from "../src/index.ts";

const SCORES = { data: Float32Array.of(0.1, 0.9, 0.3, 0.3), shape: [2, 2] };

async function accuracy(target: readonly number[]): Promise<Readonly<Record<string, number>>> {
  const options = {
    readKey: "scores",
    targetReadKey: "target",
    topk: [1, 2, 5],
    hparamPattern: null,
    prefix: "top",
    where: "metrics.0",
  };
  const run = topKAccuracy(options).start();
  run.update({ scores: SCORES, target: { data: Int32Array.from(target), shape: [target.length] } });
  return run.result();
}

test("of equal scores the class with the lower index comes first", async () => {
  expect(await accuracy([1, 0])).toEqual({ top_1: 100, top_2: 100, top_5: 100 });
  expect(await accuracy([0, 1])).toEqual({ top_1: 0, top_2: 100, top_5: 100 });
});

test("a target that is no class is wrong, however many are looked at", async () => {
  expect(await accuracy([-1, 7])).toEqual({ top_1: 0, top_2: 0, top_5: 0 });
  expect(await accuracy([1, 2])).toEqual({ top_1: 50, top_2: 50, top_5: 50 });
});
