/** One table, two uses. */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import {
  buildModel,
  corePlugin,
  defineBlock,
  definePlugin,
  type Model,
  read,
  Registry,
  withParams,
  write,
} from "@l3m/core";
import { embeddingGather } from "@l3m/core/nn";
import heads from "@l3m/heads";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const [V, D] = [5, 3];
const table = defineBlock({
  name: "table",
  summary: "An embedding.",
  options: z.strictObject({}),
  ports: { ids: read(null, "B N", { dtype: "int32" }), tokens: write(null, "B N D") },
  build(_options, context) {
    const weight = context.scope("embedding").param("weight", [V, D], { init: { kind: "normal", std: 1 } });
    return { forward: ({ ids }) => ({ tokens: embeddingGather(weight.value, ids) }) };
  },
});
const registry = new Registry([corePlugin, heads, definePlugin({ namespace: "own", provides: [table] })]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const NAME = "preprocessor.embedding.weight";

function model(tied_to = NAME): Model {
  return buildModel(registry, {
    block: "core/meta-model",
    preprocessor: { block: "own/table", read_key: "text", write_key: "tokens" },
    head: { block: "heads/tied-classifier", read_key: "tokens", write_key: "logits", tied_to },
  });
}

describe("heads/tied-classifier", () => {
  it("adds no parameter", () => {
    expect(model().params.map(({ path }) => path)).toEqual([NAME]);
  });

  it("scores tokens by the table, whose gradient is the sum over both uses", () => {
    const E = tf.randomNormal([V, D], 0, 1, "float32", 7);
    const ids = tf.tensor2d([[0, 3]], undefined, "int32");
    const scores = (weight: tf.Tensor): tf.Tensor =>
      withParams(
        new Map([[NAME, weight]]),
        () =>
          model()
            .forward(new Map(), new Map([["text", ids]]))
            .get("logits") as tf.Tensor,
      );
    const rows = tf.gather(E, tf.tensor1d([0, 3], "int32"));
    const expected = tf.matMul(rows, E, false, true).dataSync();
    scores(E)
      .dataSync()
      .forEach((score, i) => expect(score).toBeCloseTo(expected[i] as number, 5));
    // sum over n, v of E[ids[n]] . E[v]: every row gets the sum of the looked-up rows, and those the sum of the table as well
    const grad = tf
      .grad((weight) => tf.sum(scores(weight)))(E)
      .arraySync() as number[][];
    const [ofRows, ofTable] = [tf.sum(rows, 0).arraySync(), tf.sum(E, 0).arraySync()] as [number[], number[]];
    grad.forEach((row, v) =>
      row.forEach((value, d) =>
        expect(value).toBeCloseTo((ofRows[d] as number) + (v === 0 || v === 3 ? (ofTable[d] as number) : 0), 4),
      ),
    );
  });

  it("says which name was meant when there is no such parameter", () => {
    expect(() => model("preprocessor.embeding.weight")).toThrow(/preprocessor\.embedding\.weight/);
  });
});
