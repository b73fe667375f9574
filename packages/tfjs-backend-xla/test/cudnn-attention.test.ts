/** When cuDNN's attention is called, and what the program then looks like. Its numbers are checked on a GPU (tools/bench). */
import * as tf from "@tensorflow/tfjs-core";
import { castPrecision, fusedAttention, type FusedAttentionOptions } from "@l3m/tfjs-kernels";
import { describe, expect, it } from "vitest";
import { type AttentionWork, planCudnn } from "../src/lowering/cudnn-plan.ts";
import { bools, floats, withEngine } from "./with-engine.ts";

const engine = withEngine({ lowerFor: "cuda" });

const WORK: AttentionWork = {
  platform: "cuda",
  capability: 9,
  element: "bf16",
  queries: [8, 16, 1024, 128],
  keys: [8, 4, 1024, 128],
  causal: true,
  isMasked: false,
  drops: false,
  mesh: undefined,
};
const mesh = (...axes: [name: string, size: number][]) => ({
  mesh: { name: "mesh", axes: axes.map(([name, size]) => ({ name, size })) },
});
const lengths = (N: number, M = N): Partial<AttentionWork> => ({ queries: [8, 16, N, 64], keys: [8, 16, M, 64] });

describe("the reason against cuDNN", () => {
  it.each<[reason: string, change: Partial<AttentionWork>]>([
    ["the platform is cpu", { platform: "cpu" }],
    ["compute capability 7.5 is below 8.0", { capability: 7.5 }],
    ["the operands are f32", { element: "f32" }],
    ["there is dropout on the probabilities", { drops: true }],
    ["head width 36 is not a multiple of 8", { queries: [8, 16, 64, 36], keys: [8, 16, 64, 36] }],
    ["head width 264 is above 256", { queries: [8, 16, 64, 264], keys: [8, 16, 64, 264] }],
    ["head width 256 is above 128", { queries: [8, 16, 64, 256], keys: [8, 16, 64, 256], capability: 8 }],
    ["there is nothing to attend to", { queries: [0, 16, 64, 64], keys: [0, 16, 64, 64] }],
    ["a sequence of 1 is too short to gain anything", lengths(1, 64)],
    ["the mesh splits sequences (axis cp)", mesh(["dp_shard", 2], ["cp", 2])],
    ["a batch of 8 does not divide over 16 devices", mesh(["dp_replicate", 2], ["dp_shard", 8])],
  ])("%s", (reason, change) => expect(planCudnn({ ...WORK, ...change })).toBe(reason));
});

const pads = { multiple: 8, padsWithoutBias: true };

describe("the plan", () => {
  it.each<[string, Partial<AttentionWork>, { N: number; M: number; hidesPadding: boolean }, typeof pads?]>([
    ["even lengths", lengths(50, 78), { N: 50, M: 78, hidesPadding: false }],
    ["odd lengths", lengths(257), { N: 257, M: 257, hidesPadding: false }],
    ["odd keys under a mask", { ...lengths(50, 77), isMasked: true }, { N: 56, M: 80, hidesPadding: true }],
    ["even lengths under a mask", { ...lengths(50, 78), isMasked: true }, { N: 50, M: 78, hidesPadding: false }],
    ["odd lengths, padded", { ...lengths(257), causal: false }, { N: 264, M: 264, hidesPadding: true }, pads],
    ["odd causal lengths, padded", lengths(257), { N: 264, M: 264, hidesPadding: false }, pads],
    ["more causal queries than keys", lengths(64, 33), { N: 64, M: 40, hidesPadding: true }, pads],
  ])("of %s", (_, change, expected, given) =>
    expect(planCudnn({ ...WORK, ...change }, given)).toEqual({ ...expected, shards: undefined }),
  );

  it("splits the batch over every mesh axis but tp, and heads over tp if they divide", () => {
    const shardsOf = (change: Partial<AttentionWork>) => {
      const plan = planCudnn({ ...WORK, ...change });
      return typeof plan === "string" ? plan : { batch: plan.shards?.batch, heads: plan.shards?.heads };
    };
    const axes = mesh(["dp_replicate", 2], ["dp_shard", 4], ["tp", 2]);
    expect(shardsOf(axes)).toEqual({ batch: ["dp_replicate", "dp_shard"], heads: ["tp"] });
    expect(shardsOf({ ...axes, keys: [8, 1, 1024, 128] })).toEqual({ batch: ["dp_replicate", "dp_shard"], heads: [] });
  });
});

const bf16 = (shape: number[], seed: number) => castPrecision(floats(shape, seed), "bf16");

type Options = (mask: tf.Tensor | undefined) => FusedAttentionOptions;

/** A compiled function of the output and its gradients, and arguments for it. */
function step(sizes: readonly number[], options: Options, mask?: tf.Tensor) {
  const [B = 0, H = 0, G = 0, N = 0, M = 0, d = 0] = sizes;
  const inputs = [bf16([B, H, N, d], 1), bf16([B, G, M, d], 2), bf16([B, G, M, d], 3)];
  const jitted = engine().jit((given: { inputs: tf.Tensor[]; dy: tf.Tensor; mask: tf.Tensor | undefined }) => {
    const attend = (...[q, k, v]: tf.Tensor[]) =>
      fusedAttention(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, options(given.mask));
    const { value, grads } = tf.valueAndGrads(attend)(given.inputs, given.dy);
    return { value, grads };
  });
  return { jitted, args: { inputs, dy: bf16([B, H, N, d], 4), mask } };
}

function program(sizes: readonly number[], options: Options, mask?: tf.Tensor): string {
  const { jitted, args } = step(sizes, options, mask);
  return jitted.lower(args);
}

/** The body without constants, its calls without attributes. */
const body = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("    ") && !line.includes("stablehlo.constant"))
    .map((line) => line.trim().replace(/"stablehlo.custom_call"(.*?) <.*target_name = "(.*?)".*}>/, "$2$1"))
    .join("\n");

describe("the program", () => {
  it("of a causal model with grouped heads calls cuDNN twice, and nothing has the size of the scores", () => {
    const text = program([2, 4, 2, 64, 64, 32], () => ({ causal: true }));
    expect(text).not.toContain("64x64");
    expect(body(text)).toMatchInlineSnapshot(`
      "%0 = stablehlo.transpose %arg0, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %1 = stablehlo.transpose %arg1, dims = [0, 2, 1, 3] : (tensor<2x2x64x32xbf16>) -> tensor<2x64x2x32xbf16>
      %2 = stablehlo.transpose %arg2, dims = [0, 2, 1, 3] : (tensor<2x2x64x32xbf16>) -> tensor<2x64x2x32xbf16>
      %3:3 = __cudnn$fmhaSoftmax(%0, %1, %2) : (tensor<2x64x4x32xbf16>, tensor<2x64x2x32xbf16>, tensor<2x64x2x32xbf16>) -> (tensor<2x4x64x32xbf16>, tensor<2x4x64xf32>, tensor<0xui8>)
      %4 = stablehlo.transpose %arg0, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %5 = stablehlo.transpose %arg1, dims = [0, 2, 1, 3] : (tensor<2x2x64x32xbf16>) -> tensor<2x64x2x32xbf16>
      %6 = stablehlo.transpose %arg2, dims = [0, 2, 1, 3] : (tensor<2x2x64x32xbf16>) -> tensor<2x64x2x32xbf16>
      %7 = stablehlo.transpose %arg3, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %8 = stablehlo.transpose %3#0, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %9:4 = __cudnn$fmhaSoftmaxBackward(%4, %5, %6, %3#1, %7, %8) : (tensor<2x64x4x32xbf16>, tensor<2x64x2x32xbf16>, tensor<2x64x2x32xbf16>, tensor<2x4x64xf32>, tensor<2x64x4x32xbf16>, tensor<2x64x4x32xbf16>) -> (tensor<2x4x64x32xbf16>, tensor<2x2x64x32xbf16>, tensor<2x2x64x32xbf16>, tensor<0xui8>)
      return %3#0, %9#0, %9#1, %9#2 : tensor<2x4x64x32xbf16>, tensor<2x4x64x32xbf16>, tensor<2x2x64x32xbf16>, tensor<2x2x64x32xbf16>"
    `);
    const forward = text.split("\n").find((line) => line.includes("fmhaSoftmax"));
    expect(forward?.trim()).toMatchInlineSnapshot(
      `"%3:3 = "stablehlo.custom_call"(%0, %1, %2) <{api_version = 2 : i32, backend_config = "{\\22operation_queue_id\\22:\\220\\22,\\22cudnn_fmha_backend_config\\22:{\\22fmha_scale\\22:0.17677669529663687,\\22mask_type\\22:\\22CAUSAL\\22,\\22is_flash_attention\\22:true,\\22dropout_rate\\22:0,\\22seed\\22:\\2242\\22,\\22sliding_window_length\\22:0,\\22max_seg_per_batch\\22:1,\\22is_paged_attention\\22:false,\\22intermediate_tensor_shape\\22:{\\22element_type\\22:\\22BF16\\22,\\22dimensions\\22:[\\222\\22,\\224\\22,\\2264\\22,\\2264\\22],\\22layout\\22:{\\22minor_to_major\\22:[\\223\\22,\\222\\22,\\221\\22,\\220\\22]},\\22is_dynamic_dimension\\22:[false,false,false,false]},\\22bmm1_dot_dimension_numbers\\22:{\\22lhs_contracting_dimensions\\22:[\\223\\22],\\22rhs_contracting_dimensions\\22:[\\223\\22],\\22lhs_batch_dimensions\\22:[\\220\\22,\\222\\22],\\22rhs_batch_dimensions\\22:[\\220\\22,\\222\\22]},\\22bmm2_dot_dimension_numbers\\22:{\\22lhs_contracting_dimensions\\22:[\\223\\22],\\22rhs_contracting_dimensions\\22:[\\221\\22],\\22lhs_batch_dimensions\\22:[\\220\\22,\\221\\22],\\22rhs_batch_dimensions\\22:[\\220\\22,\\222\\22]}}}", call_target_name = "__cudnn$fmhaSoftmax", has_side_effect = false, operand_layouts = [dense<[3, 2, 1, 0]> : tensor<4xindex>, dense<[3, 2, 1, 0]> : tensor<4xindex>, dense<[3, 2, 1, 0]> : tensor<4xindex>], result_layouts = [dense<[3, 1, 2, 0]> : tensor<4xindex>, dense<[2, 1, 0]> : tensor<3xindex>, dense<[0]> : tensor<1xindex>]}> : (tensor<2x64x4x32xbf16>, tensor<2x64x2x32xbf16>, tensor<2x64x2x32xbf16>) -> (tensor<2x4x64x32xbf16>, tensor<2x4x64xf32>, tensor<0xui8>)"`,
    );
  });

  it("of a bool mask adds one bias without heads and clears queries without keys", () => {
    const text = program([2, 4, 4, 64, 64, 32], (mask) => ({ mask }), bools([2, 1, 64, 64], 3));
    expect(text).not.toContain("2x4x64x64");
    expect(body(text)).toMatchInlineSnapshot(`
      "%0 = stablehlo.transpose %arg0, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %1 = stablehlo.transpose %arg1, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %2 = stablehlo.transpose %arg2, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %5 = stablehlo.select %arg4, %3, %4 : tensor<2x1x64x64xi1>, tensor<2x1x64x64xbf16>
      %6:3 = __cudnn$fmhaScaleBiasSoftmax(%0, %1, %2, %5) : (tensor<2x64x4x32xbf16>, tensor<2x64x4x32xbf16>, tensor<2x64x4x32xbf16>, tensor<2x1x64x64xbf16>) -> (tensor<2x4x64x32xbf16>, tensor<2x4x64xf32>, tensor<0xui8>)
      %8 = stablehlo.reduce(%arg4 init: %7) applies stablehlo.or across dimensions = [3] : (tensor<2x1x64x64xi1>, tensor<i1>) -> tensor<2x1x64xi1>
      %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2] : (tensor<2x1x64xi1>) -> tensor<2x4x64x32xi1>
      %11 = stablehlo.select %9, %6#0, %10 : tensor<2x4x64x32xi1>, tensor<2x4x64x32xbf16>
      %12 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2] : (tensor<2x1x64xi1>) -> tensor<2x4x64xi1>
      %14 = stablehlo.select %12, %6#1, %13 : tensor<2x4x64xi1>, tensor<2x4x64xf32>
      %17 = stablehlo.select %arg4, %15, %16 : tensor<2x1x64x64xi1>, tensor<2x1x64x64xbf16>
      %18 = stablehlo.transpose %arg0, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %19 = stablehlo.transpose %arg1, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %20 = stablehlo.transpose %arg2, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %21 = stablehlo.transpose %arg3, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %22 = stablehlo.transpose %11, dims = [0, 2, 1, 3] : (tensor<2x4x64x32xbf16>) -> tensor<2x64x4x32xbf16>
      %23:4 = __cudnn$fmhaScaleBiasSoftmaxBackward(%18, %19, %20, %14, %21, %17, %22) : (tensor<2x64x4x32xbf16>, tensor<2x64x4x32xbf16>, tensor<2x64x4x32xbf16>, tensor<2x4x64xf32>, tensor<2x64x4x32xbf16>, tensor<2x1x64x64xbf16>, tensor<2x64x4x32xbf16>) -> (tensor<2x4x64x32xbf16>, tensor<2x4x64x32xbf16>, tensor<2x4x64x32xbf16>, tensor<0xui8>)
      return %11, %23#0, %23#1, %23#2 : tensor<2x4x64x32xbf16>, tensor<2x4x64x32xbf16>, tensor<2x4x64x32xbf16>, tensor<2x4x64x32xbf16>"
    `);
  });

  it("of a float bias of odd lengths pads the call", () => {
    const text = program([2, 4, 4, 50, 77, 32], (mask) => ({ mask }), floats([1, 4, 50, 77], 3));
    expect(body(text)).toMatchInlineSnapshot(`
      "%0 = stablehlo.transpose %arg0, dims = [0, 2, 1, 3] : (tensor<2x4x50x32xbf16>) -> tensor<2x50x4x32xbf16>
      %2 = stablehlo.pad %0, %1, low = [0, 0, 0, 0], high = [0, 6, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x50x4x32xbf16>, tensor<bf16>) -> tensor<2x56x4x32xbf16>
      %3 = stablehlo.transpose %arg1, dims = [0, 2, 1, 3] : (tensor<2x4x77x32xbf16>) -> tensor<2x77x4x32xbf16>
      %5 = stablehlo.pad %3, %4, low = [0, 0, 0, 0], high = [0, 3, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x77x4x32xbf16>, tensor<bf16>) -> tensor<2x80x4x32xbf16>
      %6 = stablehlo.transpose %arg2, dims = [0, 2, 1, 3] : (tensor<2x4x77x32xbf16>) -> tensor<2x77x4x32xbf16>
      %8 = stablehlo.pad %6, %7, low = [0, 0, 0, 0], high = [0, 3, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x77x4x32xbf16>, tensor<bf16>) -> tensor<2x80x4x32xbf16>
      %10 = stablehlo.maximum %arg4, %9 : tensor<1x4x50x77xf32>
      %11 = stablehlo.convert %10 : (tensor<1x4x50x77xf32>) -> tensor<1x4x50x77xbf16>
      %13 = stablehlo.pad %11, %12, low = [0, 0, 0, 0], high = [0, 0, 6, 3], interior = [0, 0, 0, 0] : (tensor<1x4x50x77xbf16>, tensor<bf16>) -> tensor<1x4x56x80xbf16>
      %14:3 = __cudnn$fmhaScaleBiasSoftmax(%2, %5, %8, %13) : (tensor<2x56x4x32xbf16>, tensor<2x80x4x32xbf16>, tensor<2x80x4x32xbf16>, tensor<1x4x56x80xbf16>) -> (tensor<2x4x56x32xbf16>, tensor<2x4x56xf32>, tensor<0xui8>)
      %15 = stablehlo.slice %14#0 [0:2, 0:4, 0:50, 0:32] : (tensor<2x4x56x32xbf16>) -> tensor<2x4x50x32xbf16>
      %16 = stablehlo.slice %14#1 [0:2, 0:4, 0:50] : (tensor<2x4x56xf32>) -> tensor<2x4x50xf32>
      %18 = stablehlo.compare GT, %arg4, %17, FLOAT : (tensor<1x4x50x77xf32>, tensor<1x4x50x77xf32>) -> tensor<1x4x50x77xi1>
      %20 = stablehlo.reduce(%18 init: %19) applies stablehlo.or across dimensions = [3] : (tensor<1x4x50x77xi1>, tensor<i1>) -> tensor<1x4x50xi1>
      %21 = stablehlo.broadcast_in_dim %20, dims = [0, 1, 2] : (tensor<1x4x50xi1>) -> tensor<2x4x50x32xi1>
      %23 = stablehlo.select %21, %15, %22 : tensor<2x4x50x32xi1>, tensor<2x4x50x32xbf16>
      %24 = stablehlo.broadcast_in_dim %20, dims = [0, 1, 2] : (tensor<1x4x50xi1>) -> tensor<2x4x50xi1>
      %26 = stablehlo.select %24, %16, %25 : tensor<2x4x50xi1>, tensor<2x4x50xf32>
      %28 = stablehlo.maximum %arg4, %27 : tensor<1x4x50x77xf32>
      %29 = stablehlo.convert %28 : (tensor<1x4x50x77xf32>) -> tensor<1x4x50x77xbf16>
      %31 = stablehlo.pad %29, %30, low = [0, 0, 0, 0], high = [0, 0, 6, 3], interior = [0, 0, 0, 0] : (tensor<1x4x50x77xbf16>, tensor<bf16>) -> tensor<1x4x56x80xbf16>
      %33 = stablehlo.pad %26, %32, low = [0, 0, 0], high = [0, 0, 6], interior = [0, 0, 0] : (tensor<2x4x50xf32>, tensor<f32>) -> tensor<2x4x56xf32>
      %34 = stablehlo.transpose %arg0, dims = [0, 2, 1, 3] : (tensor<2x4x50x32xbf16>) -> tensor<2x50x4x32xbf16>
      %36 = stablehlo.pad %34, %35, low = [0, 0, 0, 0], high = [0, 6, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x50x4x32xbf16>, tensor<bf16>) -> tensor<2x56x4x32xbf16>
      %37 = stablehlo.transpose %arg1, dims = [0, 2, 1, 3] : (tensor<2x4x77x32xbf16>) -> tensor<2x77x4x32xbf16>
      %39 = stablehlo.pad %37, %38, low = [0, 0, 0, 0], high = [0, 3, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x77x4x32xbf16>, tensor<bf16>) -> tensor<2x80x4x32xbf16>
      %40 = stablehlo.transpose %arg2, dims = [0, 2, 1, 3] : (tensor<2x4x77x32xbf16>) -> tensor<2x77x4x32xbf16>
      %42 = stablehlo.pad %40, %41, low = [0, 0, 0, 0], high = [0, 3, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x77x4x32xbf16>, tensor<bf16>) -> tensor<2x80x4x32xbf16>
      %43 = stablehlo.transpose %arg3, dims = [0, 2, 1, 3] : (tensor<2x4x50x32xbf16>) -> tensor<2x50x4x32xbf16>
      %45 = stablehlo.pad %43, %44, low = [0, 0, 0, 0], high = [0, 6, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x50x4x32xbf16>, tensor<bf16>) -> tensor<2x56x4x32xbf16>
      %46 = stablehlo.transpose %23, dims = [0, 2, 1, 3] : (tensor<2x4x50x32xbf16>) -> tensor<2x50x4x32xbf16>
      %48 = stablehlo.pad %46, %47, low = [0, 0, 0, 0], high = [0, 6, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x50x4x32xbf16>, tensor<bf16>) -> tensor<2x56x4x32xbf16>
      %49:4 = __cudnn$fmhaScaleBiasSoftmaxBackward(%36, %39, %42, %33, %45, %31, %48) : (tensor<2x56x4x32xbf16>, tensor<2x80x4x32xbf16>, tensor<2x80x4x32xbf16>, tensor<2x4x56xf32>, tensor<2x56x4x32xbf16>, tensor<1x4x56x80xbf16>, tensor<2x56x4x32xbf16>) -> (tensor<2x4x56x32xbf16>, tensor<2x4x80x32xbf16>, tensor<2x4x80x32xbf16>, tensor<0xui8>)
      %50 = stablehlo.slice %49#0 [0:2, 0:4, 0:50, 0:32] : (tensor<2x4x56x32xbf16>) -> tensor<2x4x50x32xbf16>
      %51 = stablehlo.slice %49#1 [0:2, 0:4, 0:77, 0:32] : (tensor<2x4x80x32xbf16>) -> tensor<2x4x77x32xbf16>
      %52 = stablehlo.slice %49#2 [0:2, 0:4, 0:77, 0:32] : (tensor<2x4x80x32xbf16>) -> tensor<2x4x77x32xbf16>
      return %23, %50, %51, %52 : tensor<2x4x50x32xbf16>, tensor<2x4x50x32xbf16>, tensor<2x4x77x32xbf16>, tensor<2x4x77x32xbf16>"
    `);
  });

  it("is valid: XLA on the CPU gets as far as looking for the call", () => {
    const { jitted, args } = step([2, 4, 2, 64, 64, 32], (mask) => ({ mask }), bools([64, 64], 3));
    expect(() => jitted(args)).toThrow("fmha");
  });
});

describe("the report", () => {
  it("says once why cuDNN is not called", async () => {
    const twice = engine().jit((q: tf.Tensor) => fusedAttention(fusedAttention(q, q, q), q, q), { name: "twice" });
    const notes = ["attention without cuDNN: the operands are f32"];
    expect((await twice.prepare(floats([1, 2, 8, 8], 1))).notes).toEqual(notes);
    const narrow = engine().jit((q: tf.Tensor) => tf.sum(fusedAttention(q, q, q)));
    expect((await narrow.prepare(bf16([1, 2, 8, 12], 1))).notes).toEqual([
      "attention without cuDNN: head width 12 is not a multiple of 8",
    ]);
  });
});
