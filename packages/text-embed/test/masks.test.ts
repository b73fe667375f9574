import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { buildModel, corePlugin, type DataDict, Registry } from "@l3m/core";
import textEmbed from "@l3m/text-embed";

const registry = new Registry([corePlugin, textEmbed]);
beforeAll(async () => void (await tf.setBackend("cpu")));

function attended(block: string, value: tf.Tensor): string[] {
  const model = buildModel(registry, { block, read_key: "m", write_key: "a" });
  const dict: DataDict = new Map([["m", value]]);
  const allowed = model.forward(new Map(), dict).get("a") as tf.Tensor;
  return (allowed.arraySync() as number[][][])[0]?.map((row) => row.map(Number).join("")) ?? [];
}

describe("text masks", () => {
  it("keep padding apart, on either side", () => {
    const padding = (row: boolean[]): tf.Tensor => tf.tensor2d([row], undefined, "bool");
    const builder = "text-embed/padding-attention-mask-builder";
    expect(attended(builder, padding([false, false, true, true]))).toEqual(["1000", "1100", "0010", "0011"]);
    expect(attended(builder, padding([true, true, false, false]))).toEqual(["1000", "1100", "0010", "0011"]);
  });

  it("keep documents apart", () => {
    const ids = tf.tensor2d([[4, 4, 9, 9]], undefined, "int32");
    expect(attended("text-embed/document-masking-builder", ids)).toEqual(["1000", "1100", "0010", "0011"]);
  });
});
