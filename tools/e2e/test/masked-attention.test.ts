/**
 * Every attention under every mask that it takes, as one trunk after a mask builder: what reaches the fused kernel when the
 * program is made for a GPU, and that the numbers are those of a dense mask. B batch, N tokens, H heads, d head width.
 */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import {
  buildModel,
  checkpointed,
  corePlugin,
  type DataDict,
  evalContext,
  type ForwardContext,
  type Model,
  Registry,
} from "@l3m/core";
import { castPrecision } from "@l3m/core/nn";
import { ensurePlugin } from "@l3m/pjrt";
import textEmbed from "@l3m/text-embed";
import { startXla, type XlaEngine } from "@l3m/tfjs-backend-xla";
import transformerTrunk from "@l3m/transformer-trunk";
import visionPatchify from "@l3m/vision-patchify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const [B, N, H, D] = [2, 16, 4, 32];
const registry = new Registry([corePlugin, visionPatchify, textEmbed, transformerTrunk]);

let engine: XlaEngine;
beforeAll(async () => void (engine = startXla({ pluginPath: await ensurePlugin("cpu"), lowerFor: "cuda" })));
afterAll(() => engine.stop());

/** Bool `[B, N]`, true from a token on that differs by sample. */
const tail = () => tf.greaterEqual(tf.range(0, N), tf.tensor2d([[5], [9]]));
const documents = () => tf.cast(tail(), "int32");
/** Float `[B, N, N]`: a score that falls with the distance; sample 1 hides its second half; query 3 sees nothing. */
function decay(): tf.Tensor {
  const distance = tf.abs(tf.sub(tf.range(0, N), tf.expandDims(tf.range(0, N), 1)));
  const shown = tf.logicalAnd(
    tf.expandDims(tf.logicalNot(tail()), 1),
    tf.notEqual(tf.reshape(tf.range(0, N), [N, 1]), 3),
  );
  return tf.where(shown, tf.mul(distance, -0.25), -Infinity);
}

/** What each builder reads, by the name of the mask. */
const MASKS: Record<string, { builder?: Readonly<Record<string, unknown>>; given: () => tf.Tensor }> = {
  prefix: { builder: { block: "vision-patchify/prefix-attention-mask-builder", seq_len: N }, given: tail },
  registers: {
    builder: { block: "vision-patchify/prefix-attention-mask-builder", seq_len: N - 2, num_registers: 2 },
    given: () => tf.slice(tail(), [0, 0], [B, N - 2]),
  },
  "flex prefix": { builder: { block: "vision-patchify/flex-attn-prefix-attention-mask-builder" }, given: tail },
  multimodal: {
    builder: { block: "vision-patchify/multimodal-decoder-mask-builder", num_patches: 10, num_text_tokens: N - 10 },
    given: () => tf.slice(tail(), [0, 0], [B, 10]),
  },
  "maybe causal": {
    builder: { block: "vision-patchify/maybe-causal-attention-mask-builder", seq_len: N, cls_token: false },
    given: () => tf.tensor1d([0, 1]),
  },
  padding: { builder: { block: "text-embed/padding-attention-mask-builder" }, given: tail },
  document: { builder: { block: "text-embed/document-masking-builder" }, given: documents },
  additive: { given: decay },
  tokens: { given: tail },
};

const BUILT = Object.keys(MASKS).filter((mask) => mask !== "tokens");

interface Case {
  readonly attention: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly masks: readonly string[];
}

const rope = { pos_embed: "transformer-trunk/rope", head_dim: D / H, context_length: N };
const norm = "core/layer-norm";

const CASES: readonly Case[] = [
  { attention: "generic-attention", options: { num_kv_heads: 2, rope, qk_norm: norm }, masks: ["none", ...BUILT] },
  { attention: "dclm-attention", options: { is_causal: true, qk_norm: norm }, masks: ["none", "document", "additive"] },
  { attention: "attention-with-mask", options: { qk_scale: 0.5 }, masks: ["prefix", "additive"] },
  { attention: "flex-attention", options: { rope_pos_embed: rope }, masks: ["flex prefix", "document"] },
  { attention: "flex-attention-with-mask", masks: ["flex prefix", "document"] },
  { attention: "hf-attention-with-mask", options: { num_key_value_heads: 1 }, masks: ["padding", "additive"] },
  { attention: "prefix-causal-attention", masks: ["tokens"] },
  { attention: "attention", masks: ["none", "prefix"] },
  { attention: "efficient-attention", options: { is_causal: true }, masks: ["none", "prefix"] },
  { attention: "lora-attention", options: { is_causal: true }, masks: ["none", "prefix"] },
  { attention: "hf-attention", options: { is_causal: true }, masks: ["none", "prefix"] },
];

/** Attentions and masks whose numbers are compared; a query of `additive` sees nothing. */
const NUMBERS: readonly (readonly [attention: string, mask: string])[] = [
  ["generic-attention", "additive"],
  ["prefix-causal-attention", "tokens"],
];

/** A mask builder, and one block of an attention. */
function model({ attention, options = {} }: Case, mask: string): Model {
  const { builder } = MASKS[mask] ?? {};
  return buildModel(registry, {
    block: "core/meta-model",
    ...(builder === undefined ? {} : { preprocessor: { ...builder, read_key: "given", write_key: "mask" } }),
    trunk: {
      block: "transformer-trunk/transformer",
      read_key: "x",
      write_key: "y",
      embed_dim: D,
      num_blocks: 1,
      ...(mask === "none" ? {} : { self_attn_mask_read_key: builder === undefined ? "given" : "mask" }),
      attn_target: { attention: `transformer-trunk/${attention}`, dim: D, num_heads: H, ...options },
    },
  });
}

type Values = Record<string, tf.Tensor>;

const waves = (shape: number[], seed = 0) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.5 * Math.sin(1.7 * i + seed)),
    shape,
  );
const weightsOf = (built: Model): Values =>
  Object.fromEntries(built.params.map(({ path, shape }, i) => [path, waves([...shape], i)]));

/** What a model reads. */
function inputsFor(mask: string): Values {
  const given = MASKS[mask]?.given();
  return { x: waves([B, N, D]), ...(given === undefined ? {} : { given }) };
}

/** Output, and its gradient by the tokens, in a format. */
function step(built: Model, format: "bf16" | "f32", context: Partial<ForwardContext> = {}) {
  return (weights: Values, { x, ...others }: Values): tf.Tensor[] => {
    const values = new Map(Object.entries(weights).map(([path, value]) => [path, castPrecision(value, format)]));
    const run = (tokens: tf.Tensor) => {
      const dict: DataDict = new Map([["x", tokens], ...Object.entries(others)]);
      return built.forward(values, dict, evalContext(context)).get("y") as tf.Tensor;
    };
    const tokens = castPrecision(x as tf.Tensor, format);
    const { value, grad } = tf.valueAndGrad(run)(tokens, tf.onesLike(tokens));
    return [value, grad];
  };
}

function lowered(built: Model, inputs: Values, context: Partial<ForwardContext> = {}): string {
  return engine.jit(step(built, "bf16", context)).lower(weightsOf(built), inputs);
}

/** The calls of a program that do attention: target, kind of mask and, of a bias, its shape. */
function calls(text: string): string {
  const lines = text.split("\n").filter((line) => line.includes("__cudnn$"));
  const found = lines.map((line) => {
    const [, target = ""] = /"__cudnn\$fmha(\w+)"/.exec(line) ?? [];
    const [, kind = ""] = /mask_type\\22:\\22(\w+)\\22/.exec(line) ?? [];
    const [, operands = ""] = /: \((.*?)\) ->/.exec(line) ?? [];
    const bias = target.startsWith("ScaleBias")
      ? operands.split(", ").at(target.endsWith("Backward") ? 5 : 3)
      : undefined;
    return `${target} ${kind}${bias === undefined ? "" : ` + ${bias}`}`;
  });
  return found.join("; ");
}

/** Types as large as all scores. */
const scoresIn = (text: string) =>
  text.match(new RegExp(`tensor<${B}x${H}x(${N}x${N}|${N}x${2 * N})x\\w+>`, "g")) ?? [];

it("reaches cuDNN as a bias without heads, or as causality, and nothing has the size of all scores", () => {
  const table = CASES.flatMap((c) =>
    c.masks.map((mask) => {
      const text = lowered(model(c, mask), inputsFor(mask));
      expect(scoresIn(text)).toEqual([]);
      return `${c.attention}, ${mask}: ${calls(text)}`;
    }),
  );
  expect(table.join("\n")).toMatchInlineSnapshot(`
    "generic-attention, none: Softmax NO_MASK; SoftmaxBackward NO_MASK
    generic-attention, prefix: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, registers: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, flex prefix: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, multimodal: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, maybe causal: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, padding: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, document: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    generic-attention, additive: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    dclm-attention, none: Softmax CAUSAL; SoftmaxBackward CAUSAL
    dclm-attention, document: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    dclm-attention, additive: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    attention-with-mask, prefix: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    attention-with-mask, additive: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    flex-attention, flex prefix: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    flex-attention, document: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    flex-attention-with-mask, flex prefix: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    flex-attention-with-mask, document: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    hf-attention-with-mask, padding: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    hf-attention-with-mask, additive: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    prefix-causal-attention, tokens: ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>
    attention, none: Softmax NO_MASK; SoftmaxBackward NO_MASK
    attention, prefix: Softmax NO_MASK; SoftmaxBackward NO_MASK
    efficient-attention, none: Softmax CAUSAL; SoftmaxBackward CAUSAL
    efficient-attention, prefix: Softmax CAUSAL; SoftmaxBackward CAUSAL
    lora-attention, none: Softmax CAUSAL; SoftmaxBackward CAUSAL
    lora-attention, prefix: Softmax CAUSAL; SoftmaxBackward CAUSAL
    hf-attention, none: Softmax CAUSAL; SoftmaxBackward CAUSAL
    hf-attention, prefix: Softmax CAUSAL; SoftmaxBackward CAUSAL"
  `);
});

describe("a decoder", () => {
  const heads = { dim: D, num_heads: H };
  const decoder = () =>
    buildModel(registry, {
      block: "transformer-trunk/transformer-decoder",
      read_key: "x",
      write_key: "y",
      encoder_output_key: "encoded",
      self_attn_mask_read_key: "given",
      embed_dim: D,
      num_blocks: 1,
      self_attn_target: { attention: "transformer-trunk/generic-attention", ...heads },
      cross_attn_target: { attention: "transformer-trunk/cross-attention", encoder_dim: D, ...heads },
    });

  it("masks its own tokens, not those of the encoder", () => {
    const text = lowered(decoder(), { ...inputsFor("additive"), encoded: castPrecision(waves([B, 2 * N, D]), "bf16") });
    expect(scoresIn(text)).toEqual([]);
    expect(calls(text)).toMatchInlineSnapshot(
      `"ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; Softmax NO_MASK; SoftmaxBackward NO_MASK; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>"`,
    );
  });
});

it("keeps a bias small, and makes no gradient of it, where blocks are computed again", () => {
  const built = model({ attention: "generic-attention", masks: [] }, "additive");
  const text = lowered(built, inputsFor("additive"), { remat: checkpointed });
  expect(text).toContain("stablehlo.optimization_barrier");
  expect(scoresIn(text)).toEqual([]);
  expect(calls(text)).toMatchInlineSnapshot(
    `"ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmax NO_MASK + tensor<2x1x16x16xbf16>; ScaleBiasSoftmaxBackward NO_MASK + tensor<2x1x16x16xbf16>"`,
  );
});

describe("the composed form", () => {
  it("gives what tfjs gives on the CPU, and the report says why it was taken", async () => {
    for (const [attention, mask] of NUMBERS) {
      const built = model({ attention, masks: [] }, mask);
      const run = step(built, "f32");
      void tf.setBackend("cpu");
      const expected = run(weightsOf(built), inputsFor(mask)).map((t) => Array.from(t.dataSync()));
      void tf.setBackend("xla");
      const compiled = engine.jit(run);
      const report = await compiled.prepare(weightsOf(built), inputsFor(mask));
      expect(report.notes).toEqual(["attention without cuDNN: the operands are f32"]);
      const got = compiled(weightsOf(built), inputsFor(mask)).map((t) => Array.from(t.dataSync()));
      got.forEach((values, i) => values.forEach((x, j) => expect(x).toBeCloseTo(expected[i]?.[j] ?? NaN, 4)));
    }
  });
});
