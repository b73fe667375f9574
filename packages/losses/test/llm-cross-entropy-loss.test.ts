/** The loss against its definition in double precision, finite differences, and the rules of alignment. */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { buildLoss, type DataDict, evalContext, Registry } from "@l3m/core";
import { testBlock } from "@l3m/testing";
import { beforeAll, describe, expect, it } from "vitest";
import losses, { llmCrossEntropyLoss } from "../src/index.ts";

const registry = new Registry([losses]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const [B, L, V] = [2, 3, 5];
const LOGITS = Array.from({ length: B * L * V }, (_, i) => 2 * Math.sin(3 * i));
const IDS = [4, 0, 1, 2, 3, 3, -100, 4]; // [B, L + 1]

function lossOf(
  options: Record<string, unknown>,
  entries: Record<string, tf.Tensor> = {},
): { loss: number; metrics: Record<string, number> } {
  const dict: DataDict = new Map(
    Object.entries({ logits: tf.tensor(LOGITS, [B, L, V]), text: tf.tensor2d(IDS, [B, L + 1], "int32"), ...entries }),
  );
  const built = buildLoss(registry, { loss: "losses/llm-cross-entropy-loss", read_key: "logits", ...options });
  const { loss, metrics } = built.forward(dict, evalContext({ train: true }));
  const numbers = Object.entries(metrics).map(([name, value]) => [name, value.dataSync()[0] as number] as const);
  return { loss: loss.dataSync()[0] as number, metrics: Object.fromEntries(numbers) };
}

/** log softmax of row `row`. */
function logProbabilities(row: number): number[] {
  const z = LOGITS.slice(row * V, (row + 1) * V);
  const total = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0));
  return z.map((value) => value - total);
}

/** Rows of logits with the targets that they predict. */
const SCORED = [
  [0, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [5, 4],
] as const; // the target of row 4 is ignored

describe("losses/llm-cross-entropy-loss", () => {
  it("honours its ports and has the gradient of its value", async () => {
    await testBlock(llmCrossEntropyLoss, {
      options: { read_key: "logits", ignore_index: 3, z_loss: 0.01, label_smoothing: 0.2 },
      inputs: { logits: [B, L, V], text: { shape: [B, L + 1], dtype: "int32", below: V } },
    });
  });

  it("is the mean negative log-likelihood of the targets that count", () => {
    const nll = SCORED.map(([row, id]) => -(logProbabilities(row)[id] as number));
    const expected = nll.reduce((a, b) => a + b) / nll.length;
    const { loss, metrics } = lossOf({});
    expect(loss).toBeCloseTo(expected, 5);
    expect(metrics["cross_entropy"]).toBeCloseTo(expected, 5);
    expect(metrics["perplexity"]).toBeCloseTo(Math.exp(expected), 4);
  });

  it("spreads a part of every target over the vocabulary", () => {
    const smoothed = SCORED.map(([row, id]) => {
      const log = logProbabilities(row);
      return -(0.9 * (log[id] as number) + (0.1 / V) * log.reduce((a, b) => a + b));
    });
    expect(lossOf({ label_smoothing: 0.1 }).loss).toBeCloseTo(smoothed.reduce((a, b) => a + b) / SCORED.length, 5);
  });

  it("takes targets of the same length as they are", () => {
    const shifted = IDS.filter((_, i) => i % (L + 1) > 0);
    expect(lossOf({}, { text: tf.tensor2d(shifted, [B, L], "int32") }).loss).toBeCloseTo(lossOf({}).loss, 6);
  });

  it("refuses lengths that cannot be aligned", () => {
    const twoMore = tf.zeros([B, L + 2], "int32");
    expect(() => lossOf({}, { text: twoMore })).toThrow(/do not line up/);
    expect(() => lossOf({ shift_target: false })).toThrow(/do not line up/);
  });

  it("is NaN when no target counts, so that a run does not go on unnoticed", () => {
    expect(lossOf({}, { text: tf.fill([B, L + 1], -100, "int32") }).loss).toBeNaN();
  });
});
