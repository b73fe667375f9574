import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { build, buildModel, corePlugin, type DataDict, type HostArray, Registry } from "@l3m/core";
import visionPatchify from "@l3m/vision-patchify";

const registry = new Registry([corePlugin, visionPatchify]);
beforeAll(async () => void (await tf.setBackend("cpu")));

/** Which keys each query may attend to, for the first sample; `masked` as one character per patch, x = masked. */
function attended(node: Record<string, unknown>, masked: string): string[] {
  const model = buildModel(registry, { read_key: "m", write_key: "a", ...node });
  const dict: DataDict = new Map([["m", tf.tensor2d([[...masked].map((c) => c === "x")], undefined, "bool")]]);
  const allowed = model.forward(new Map(), dict).get("a") as tf.Tensor;
  const [, N = 0] = allowed.shape;
  const bits = [...allowed.dataSync()].map(String).join("");
  return Array.from({ length: N }, (_, row) => bits.slice(row * N, (row + 1) * N));
}

describe("prefix masks", () => {
  const prefix = { block: "vision-patchify/prefix-attention-mask-builder", seq_len: 4 };
  const flex = { block: "vision-patchify/flex-attn-prefix-attention-mask-builder" };

  it("show the prefix to everyone, and the past", () => {
    expect(attended(prefix, "..xx")).toEqual(["1100", "1100", "1110", "1111"]);
    expect(attended(flex, "..xx")).toEqual(attended(prefix, "..xx"));
  });

  it("differ where the prefix is not at the start: columns against their number", () => {
    expect(attended(prefix, "xx.x")).toEqual(["1010", "1110", "1110", "1111"]);
    expect(attended(flex, "xx.x")).toEqual(["1000", "1100", "1110", "1111"]);
  });

  it("let registers see everything, and nobody but them see registers", () => {
    expect(attended({ ...prefix, seq_len: 2, num_registers: 1 }, "xx")).toEqual(["100", "110", "111"]);
  });

  it("want a column for the class token", () => {
    expect(() => attended({ ...prefix, cls_token: true }, "..xx")).toThrow(/length of the sequence/);
  });

  it("of a multimodal decoder hide text from what stands before it", () => {
    const decoder = { block: "vision-patchify/multimodal-decoder-mask-builder", num_patches: 2, num_text_tokens: 2 };
    expect(attended(decoder, "..")).toEqual(["1100", "1100", "1110", "1111"]);
    expect(attended({ ...decoder, force_causal_mask: true }, "..")).toEqual(["1000", "1100", "1110", "1111"]);
  });
});

describe("maybe-causal-attention-mask-builder", () => {
  it.each([
    [tf.tensor1d([1, 0], "int32"), [1, 0, 1, 1, 1, 1, 1, 1]],
    [tf.tensor1d([false, true], "bool"), [1, 1, 1, 1, 1, 0, 1, 1]],
  ])("is causal where the selector says so", (selector, allowed) => {
    const model = buildModel(registry, {
      block: "vision-patchify/maybe-causal-attention-mask-builder",
      read_key: "m",
      write_key: "a",
      seq_len: 2,
      cls_token: false,
    });
    const dict: DataDict = new Map([["m", selector]]);
    expect([...(model.forward(new Map(), dict).get("a") as tf.Tensor).dataSync()]).toEqual(allowed);
  });
});

describe("scan patterns", () => {
  const order = (name: string, options: Record<string, unknown>): readonly HostArray[] =>
    build(registry, "function", {
      function: `vision-patchify/${name}`,
      ...options,
    }).product.call() as readonly HostArray[];

  it.each(["get-spiral-permutation", "get-checkerboard-pattern", "get-horizontal-raster-pattern"])(
    "%s visits every cell of any grid once, and says how to undo it",
    (name) => {
      for (const grid_size of [
        [1, 1],
        [1, 5],
        [4, 1],
        [5, 3],
        [16, 16],
      ]) {
        const [permutation, inverse] = order(name, { grid_size });
        const cells = [...(permutation?.data ?? [])];
        expect([...cells].sort((a, b) => a - b)).toEqual(cells.map((_, i) => i));
        expect(cells.map((cell) => inverse?.data[cell])).toEqual(cells.map((_, i) => i));
      }
    },
  );

  it("takes an order of one's own, and refuses one that is none", () => {
    const own = { grid_size: [1, 3], permutation: [2, 0, 1] };
    expect(order("get-fixed-random-pattern", own).map(({ data }) => [...data])).toEqual([
      [2, 0, 1],
      [1, 2, 0],
    ]);
    expect(() => order("get-fixed-random-pattern", { ...own, permutation: [2, 0, 0] })).toThrow(/every cell/);
    expect(() => order("get-fixed-random-pattern", { grid_size: [14, 14] })).toThrow(/permutation/);
  });
});
