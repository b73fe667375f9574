import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { buildModel, corePlugin, evalContext, Registry, Rng } from "@l3m/core";

beforeAll(async () => void (await tf.setBackend("cpu")));

describe("shuffle-batch-dim", () => {
  const rows = [0, 1, 2, 3, 4, 5];
  const unshuffled = rows.join();

  /** Orders of the rows in as many steps. */
  function orders(shuffling_probability: number, seed: number, steps: number): string[] {
    const model = buildModel(new Registry([corePlugin]), {
      block: "core/shuffle-batch-dim",
      read_key: "x",
      write_key: "y",
      shuffling_probability,
      seed,
    });
    return Array.from({ length: steps }, (_, step) => {
      const x = tf.tensor2d(rows.map((row) => [row, row]));
      const context = evalContext({ rng: new Rng(tf.tensor1d([3, step], "int32")) });
      const y = model.forward(new Map(), new Map([["x", x]]), context).get("y") as tf.Tensor;
      return (y.arraySync() as number[][]).map(([a, b]) => (a === b ? a : NaN)).join();
    });
  }

  it("permutes whole rows, each permutation anew", () => {
    const drawn = orders(0.999, 0, 40);
    for (const order of drawn) expect([...order.split(",")].sort().join()).toBe(unshuffled);
    expect(new Set(drawn).size).toBeGreaterThan(30);
  });

  it("does so about as often as asked", () => {
    const kept = orders(0.25, 0, 200).filter((order) => order === unshuffled).length;
    expect(kept).toBeGreaterThan(125);
    expect(kept).toBeLessThan(175);
  });

  it("draws the same again, and otherwise for another seed", () => {
    expect(orders(0.9, 1, 5)).toEqual(orders(0.9, 1, 5));
    expect(orders(0.9, 2, 5)).not.toEqual(orders(0.9, 1, 5));
  });

  it.each([0, 1])("refuses probability %d", (probability) => {
    expect(() => orders(probability, 0, 1)).toThrow(/shuffling_probability/);
  });
});
