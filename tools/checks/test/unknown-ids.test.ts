/** Ids outside of the vocabulary on an engine that cannot raise errors from inside a program: NaN, never a plausible number. */
import * as tf from "@l3m/core/tf";
import { ensurePlugin } from "@l3m/pjrt";
import { startXla, type XlaEngine } from "@l3m/tfjs-backend-xla";
import { crossEntropy } from "@l3m/core/nn";
import { afterAll, beforeAll, expect, it } from "vitest";
import { make } from "../bad-input/bad-call.ts";

let engine: XlaEngine;
beforeAll(async () => void (engine = startXla({ pluginPath: await ensurePlugin("cpu") })));
afterAll(() => engine.stop());

it("have tokens of NaN", () => {
  const node = {
    block: "text-embed/text-preprocessor",
    read_key: "text",
    write_key: "tokens",
    embed_dim: 4,
    vocab_size: 10,
    context_length: 4,
    drop_last: false,
  };
  const tokens = make({ node, given: () => ({ text: tf.tensor2d([[9, 10, 0, -1]], [1, 4], "int32") }) }).get("tokens");
  const isKnown = Array.from((tokens as tf.Tensor).dataSync(), Number.isFinite);
  expect(isKnown).toEqual([9, 10, 0, -1].flatMap((id) => Array.from({ length: 4 }, () => id >= 0 && id < 10)));
});

it("have a loss of NaN as targets, unless they are ignored", () => {
  const targets = tf.tensor1d([4, 5, -1, -100], "int32");
  const losses = crossEntropy(tf.zeros([4, 5]), targets, { ignoreIndex: -100 }).dataSync();
  expect([...losses].map((loss) => Number(loss.toFixed(4)))).toEqual([1.6094, NaN, NaN, 0]);
});
