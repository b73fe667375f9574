/** Every stock kernel against tfjs's JavaScript backend. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { KERNELS } from "../src/index.ts";
import { bools, distance, expectParity, floats, ints, withEngine } from "./with-engine.ts";

withEngine();

const special = () => tf.tensor1d([-Infinity, -1, -0.5, 0, 0.5, 1, Infinity, NaN]);
const run = (name: string, inputs: object, attrs: object = {}) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs as never, attrs as never);

type Case = readonly [kernel: string, fn: () => tf.Tensor | readonly tf.Tensor[], tolerance?: number];

const anywhere = [
  "Exp",
  "Expm1",
  "Tanh",
  "Sigmoid",
  "Sin",
  "Cos",
  "Tan",
  "Atan",
  "Sinh",
  "Cosh",
  "Asinh",
  "Erf",
  "Softplus",
  "Elu",
  "Selu",
  "Relu",
  "Relu6",
  "Abs",
  "Neg",
  "Square",
  "Sign",
  "Ceil",
  "Floor",
  "Round",
  "Reciprocal",
  "IsNan",
  "IsInf",
  "IsFinite",
];
const positive = ["Log", "Log1p", "Sqrt", "Rsqrt"];
const inUnit = ["Asin", "Acos", "Atanh"];
const withSpecials = [
  "Exp",
  "Sigmoid",
  "Tanh",
  "Relu",
  "Relu6",
  "Abs",
  "Neg",
  "Square",
  "Sign",
  "Elu",
  "Selu",
  "IsNan",
  "IsInf",
  "IsFinite",
  "Sqrt",
  "Floor",
  "Ceil",
];
const keepInts = ["Abs", "Neg", "Square", "Sign", "Relu", "Relu6", "Ceil", "Floor"];
const arithmetic = ["Add", "Sub", "Multiply", "Maximum", "Minimum", "SquaredDifference"];
const comparisons = ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"];
const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[2, 3, 4], [4]],
  [
    [3, 1],
    [1, 5],
  ],
  [[], [2, 2]],
  [[1], []],
  [[0, 3], [3]],
];

const CASES: readonly Case[] = [
  ...anywhere.map((k): Case => [k, () => run(k, { x: floats([3, 5]) }), 2e-5]),
  ...positive.map((k): Case => [k, () => run(k, { x: floats([3, 5], 1, 0.1, 4) }), 2e-5]),
  ...inUnit.map((k): Case => [k, () => run(k, { x: floats([15], 1, -0.95, 0.95) }), 2e-5]),
  ["Acosh", () => run("Acosh", { x: floats([15], 1, 1, 5) }), 2e-5],
  ...withSpecials.map((k): Case => [k, () => run(k, { x: special() })]),
  ...keepInts.map((k): Case => [k, () => run(k, { x: ints([12]) })]),
  ["Step", () => run("Step", { x: special() }, { alpha: 0.25 })],
  ["LeakyRelu", () => run("LeakyRelu", { x: floats([9]) }, { alpha: 0.1 })],
  ["Prelu", () => run("Prelu", { x: floats([3, 4]), alpha: floats([4], 2) })],
  ["EluGrad", () => run("EluGrad", { dy: floats([9]), y: floats([9], 2) })],
  ["ClipByValue", () => tf.clipByValue(special(), -0.75, 0.75)],
  ["ClipByValue", () => tf.clipByValue(ints([9]), -2, 3)],
  ...arithmetic.flatMap((k) => shapes.map(([a, b]): Case => [k, () => run(k, { a: floats(a), b: floats(b, 2) })])),
  ...arithmetic.map((k): Case => [k, () => run(k, { a: ints([3, 4]), b: ints([4], 2) })]),
  ["Maximum", () => tf.maximum(special(), 0)],
  ["RealDiv", () => tf.div(floats([3, 4]), floats([4], 2, 0.5, 2))],
  ["FloorDiv", () => tf.floorDiv(ints([20]), ints([20], 2, 1, 4))],
  ["FloorDiv", () => tf.floorDiv(ints([20]), ints([20], 2, -4, 0))],
  ["Mod", () => tf.mod(ints([20]), ints([20], 2, 1, 4))],
  ["Mod", () => tf.mod(floats([20]), floats([20], 2, -2, -0.5))],
  ["Pow", () => tf.pow(floats([10], 1, 0.1, 3), floats([10], 2)), 2e-5],
  ["Pow", () => tf.pow(ints([10]), tf.scalar(2, "int32"))],
  ["Atan2", () => tf.atan2(floats([10]), floats([10], 2)), 2e-5],
  ...comparisons.flatMap((k): Case[] => [
    [k, () => run(k, { a: ints([3, 4]), b: ints([4], 2) })],
    [k, () => run(k, { a: special(), b: tf.scalar(0.5) })],
    [k, () => run(k, { a: bools([6]), b: bools([6], 2) })],
  ]),
  ["LogicalAnd", () => tf.logicalAnd(bools([3, 4]), bools([4], 2))],
  ["LogicalOr", () => tf.logicalOr(bools([3, 4]), bools([4], 2))],
  ["LogicalNot", () => tf.logicalNot(bools([7]))],
  ["BitwiseAnd", () => run("BitwiseAnd", { a: ints([9]), b: ints([9], 2) })],
  ["Select", () => tf.where(bools([3, 4]), floats([3, 4]), floats([3, 4], 2))],
  ["Select", () => tf.where(bools([3, 1]), floats([3, 4]), tf.scalar(7))],
  [
    "Cast",
    () => [
      tf.cast(floats([9]), "int32"),
      tf.cast(floats([9]), "bool"),
      tf.cast(ints([9]), "float32"),
      tf.cast(bools([9]), "int32"),
      tf.cast(ints([9]), "bool"),
      tf.cast(bools([9]), "float32"),
    ],
  ],
  ["Identity", () => tf.clone(floats([3]))],
  ["Reshape", () => tf.add(tf.reshape(floats([3, 4]), [2, -1]), 1)],
  ["ExpandDims", () => tf.expandDims(floats([3, 4]), -1)],
  ["Transpose", () => tf.transpose(floats([2, 3, 4]), [2, 0, 1])],
  ["Fill", () => [tf.fill([2, 3], 1.5), tf.fill([2], 3, "int32"), tf.fill([], 2)]],
  ["ZerosLike", () => [tf.zerosLike(floats([2, 3])), tf.zerosLike(ints([2])), tf.zerosLike(bools([2]))]],
  ["OnesLike", () => [tf.onesLike(floats([2, 3])), tf.onesLike(ints([2]))]],
  ["Range", () => [tf.range(0, 5), tf.range(5, 0, -2, "int32"), tf.range(0.5, 3, 0.5), tf.range(2, 2)]],
  ["LinSpace", () => [tf.linspace(-1, 1, 7), tf.linspace(3, 9, 1)]],
  ["OneHot", () => tf.oneHot(ints([2, 3], 1, 0, 4), 4, 2, -1)],
  ["Tile", () => [tf.tile(floats([2, 3]), [2, 2]), tf.tile(floats([1, 3]), [4, 1]), tf.tile(ints([2]), [3])]],
  ["Reverse", () => [tf.reverse(floats([2, 3, 4]), [0, -1]), tf.reverse(floats([4]))]],
  [
    "Slice",
    () => [
      tf.slice(floats([4, 5]), [1, 2], [2, -1]),
      tf.slice(floats([6]), 2),
      tf.slice(floats([3, 3]), [0, 0], [0, 3]),
    ],
  ],
  [
    "StridedSlice",
    () => [
      tf.stridedSlice(floats([6, 5]), [1, 4], [6, 0], [2, -1]),
      tf.stridedSlice(floats([3, 4]), [0, 1], [3, 2], [1, 1], 0, 0, 0, 0, 2),
      tf.stridedSlice(floats([5]), [4], [0], [-2], 0, 1),
    ],
  ],
  ["SplitV", () => [...tf.split(floats([4, 6]), 3, 1), ...tf.split(floats([5, 2]), [1, 4], 0)]],
  [
    "Concat",
    () => [
      tf.concat([floats([2, 3]), floats([2, 1], 2)], 1),
      tf.concat([ints([2]), ints([3], 2)]),
      tf.concat([bools([2]), bools([1], 2)]),
      tf.concat([floats([0, 3]), floats([2, 3])], 0),
    ],
  ],
  ["Pack", () => [tf.stack([floats([2, 3]), floats([2, 3], 2)], 1), tf.stack([ints([2]), ints([2], 2)], -1)]],
  ["Unpack", () => tf.unstack(floats([3, 2, 2]), 1)],
  [
    "PadV2",
    () =>
      tf.pad(
        floats([2, 3]),
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
  ],
  [
    "MirrorPad",
    () => [
      tf.mirrorPad(
        floats([3, 4]),
        [
          [1, 2],
          [2, 0],
        ],
        "reflect",
      ),
      tf.mirrorPad(
        floats([3, 4]),
        [
          [1, 2],
          [2, 0],
        ],
        "symmetric",
      ),
    ],
  ],
  ...["Sum", "Max", "Min", "Prod", "Mean"].map((k): Case => [
    k,
    () => {
      const op = { Sum: tf.sum, Max: tf.max, Min: tf.min, Prod: tf.prod, Mean: tf.mean }[k] as typeof tf.sum;
      return [
        op(floats([2, 3, 4])),
        op(floats([2, 3, 4]), [0, 2]),
        op(floats([2, 3, 4]), -1, true),
        op(ints([2, 3]), 1),
      ];
    },
    2e-5,
  ]),
  ["Sum", () => tf.sum(bools([7]))],
  ["Max", () => tf.max(tf.tensor1d([1, NaN, 2]))],
  ["All", () => [tf.all(bools([2, 5]), 1), tf.all(bools([3]))]],
  ["Any", () => [tf.any(bools([2, 5]), 1), tf.any(bools([3]))]],
  ["ArgMax", () => [tf.argMax(floats([3, 7]), 1), tf.argMax(tf.tensor1d([1, 5, 5, 2])), tf.argMax(ints([3, 7]), 0)]],
  ["ArgMin", () => [tf.argMin(floats([3, 7]), 1), tf.argMin(tf.tensor1d([3, 1, 1, 2]))]],
  [
    "Cumsum",
    () => [
      tf.cumsum(floats([3, 7]), 1),
      tf.cumsum(ints([9]), 0, true),
      tf.cumsum(floats([2, 5]), 1, false, true),
      tf.cumsum(floats([5]), 0, true, true),
    ],
  ],
  ["Cumprod", () => [tf.cumprod(floats([3, 5]), 1), tf.cumprod(floats([4]), 0, true, true)]],
  ["AddN", () => tf.addN([floats([2, 3]), floats([2, 3], 2), floats([2, 3], 3)])],
  ["Softmax", () => [tf.softmax(floats([3, 7], 1, -50, 50)), tf.softmax(floats([4]))]],
  ["LogSoftmax", () => tf.logSoftmax(floats([3, 7], 1, -50, 50)), 2e-5],
  [
    "BatchMatMul",
    () => [
      tf.matMul(floats([3, 4]), floats([4, 5], 2)),
      tf.matMul(floats([4, 3]), floats([4, 5], 2), true),
      tf.matMul(floats([3, 4]), floats([5, 4], 2), false, true),
      tf.matMul(floats([4, 3]), floats([5, 4], 2), true, true),
      tf.matMul(floats([2, 3, 4]), floats([2, 4, 5], 2)),
      tf.matMul(floats([2, 4, 3]), floats([1, 5, 4], 2), true, true),
      tf.matMul(floats([2, 3, 4]), floats([1, 4, 5], 2)),
      tf.matMul(floats([1, 3, 4]), floats([2, 4, 5], 2)),
    ],
  ],
  [
    "_FusedMatMul",
    () =>
      (["linear", "relu", "relu6", "sigmoid", "elu", "leakyrelu"] as const).map((activation) =>
        tf.fused.matMul({
          a: floats([3, 4]) as tf.Tensor2D,
          b: floats([4, 5], 2) as tf.Tensor2D,
          bias: floats([5], 3),
          activation,
        }),
      ),
    2e-5,
  ],
  [
    "Conv2D",
    () => [
      tf.conv2d(floats([2, 8, 8, 3]) as tf.Tensor4D, floats([4, 4, 3, 5], 2) as tf.Tensor4D, 4, "valid"),
      tf.conv2d(floats([1, 7, 6, 2]) as tf.Tensor4D, floats([3, 2, 2, 4], 2) as tf.Tensor4D, [2, 1], "same"),
      tf.conv2d(floats([1, 9, 9, 1]) as tf.Tensor4D, floats([3, 3, 1, 2], 2) as tf.Tensor4D, 1, 1, "NHWC", 1),
      tf.conv2d(floats([1, 9, 9, 1]) as tf.Tensor4D, floats([3, 3, 1, 2], 2) as tf.Tensor4D, 1, "valid", "NHWC", 2),
      tf.conv2d(floats([1, 2, 6, 5]) as tf.Tensor4D, floats([3, 3, 2, 4], 2) as tf.Tensor4D, 1, "same", "NCHW"),
    ],
    2e-5,
  ],
  ...(
    [
      [[2, 8, 8, 3], [4, 4, 3, 5], 4, "valid"],
      [[1, 7, 6, 2], [3, 2, 2, 4], [2, 1], "same"],
      [[1, 8, 9, 2], [3, 3, 2, 4], 2, "same"],
      [[1, 7, 8, 2], [2, 3, 2, 4], 3, "valid"],
    ] as const
  ).flatMap(([x, w, strides, pad]): Case[] => {
    const dy = () => {
      const shape = tf.conv2d(floats(x) as tf.Tensor4D, floats(w, 2) as tf.Tensor4D, strides as number, pad).shape;
      return floats(shape, 3) as tf.Tensor4D;
    };
    return [
      [
        "Conv2DBackpropInput",
        () =>
          run(
            "Conv2DBackpropInput",
            { dy: dy(), filter: floats(w, 2) },
            { strides, pad, dataFormat: "NHWC", inputShape: [...x] },
          ),
        2e-5,
      ],
      [
        "Conv2DBackpropFilter",
        () =>
          run(
            "Conv2DBackpropFilter",
            { x: floats(x), dy: dy() },
            { strides, pad, dataFormat: "NHWC", filterShape: [...w] },
          ),
        2e-5,
      ],
    ];
  }),
  [
    "GatherV2",
    () => [
      tf.gather(floats([5, 3]), ints([4], 1, 0, 5)),
      tf.gather(floats([2, 5, 3]), ints([2, 2], 1, 0, 5), 1),
      tf.gather(floats([2, 5, 3]), ints([2, 4], 1, 0, 5), 1, 1),
      tf.gather(ints([2, 3, 4]), ints([2, 3, 2], 1, 0, 4), 2, 2),
      tf.gather(floats([3]), tf.scalar(1, "int32")),
    ],
  ],
  [
    "GatherNd",
    () => [
      tf.gatherND(
        floats([3, 4]),
        tf.tensor2d(
          [
            [0, 1],
            [2, 3],
          ],
          [2, 2],
          "int32",
        ),
      ),
      tf.gatherND(floats([3, 4]), tf.tensor2d([[2], [0]], [2, 1], "int32")),
    ],
  ],
  [
    "ScatterNd",
    () => [
      tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], "int32"), floats([3]), [5]),
      tf.scatterND(tf.tensor2d([[0], [2]], [2, 1], "int32"), floats([2, 4]), [3, 4]),
    ],
  ],
  [
    "TensorScatterUpdate",
    () =>
      run("TensorScatterUpdate", {
        tensor: floats([4, 2]),
        indices: tf.tensor2d([[1], [3]], [2, 1], "int32"),
        updates: floats([2, 2], 2),
      }),
  ],
  ["UnsortedSegmentSum", () => tf.unsortedSegmentSum(floats([6, 3]), tf.tensor1d([0, 2, 1, 0, 2, 2], "int32"), 4)],
  [
    "TopK",
    () => {
      const { values, indices } = tf.topk(floats([3, 7]), 4);
      const tied = tf.topk(tf.tensor1d([1, 3, 3, 2]), 3);
      return [values, indices, tied.values, tied.indices];
    },
  ],
  [
    "FusedBatchNorm",
    () => tf.batchNorm(floats([2, 3, 4]), floats([4], 2), floats([4], 3, 0.5, 2), floats([4], 4), floats([4], 5), 1e-3),
    2e-5,
  ],
  ["FusedBatchNorm", () => tf.batchNorm(floats([5, 4]), floats([4], 2), floats([4], 3, 0.5, 2)), 2e-5],
  [
    "MaxPool",
    () => [
      tf.maxPool(floats([1, 6, 6, 2]) as tf.Tensor4D, 2, 2, "valid"),
      tf.maxPool(floats([2, 5, 7, 1]) as tf.Tensor4D, 3, 2, "same"),
    ],
  ],
  [
    "AvgPool",
    () => [
      tf.avgPool(floats([1, 6, 6, 2]) as tf.Tensor4D, 2, 2, "valid"),
      tf.avgPool(floats([2, 5, 7, 1]) as tf.Tensor4D, 3, 2, "same"),
    ],
  ],
  [
    "MaxPoolGrad",
    () =>
      run(
        "MaxPoolGrad",
        {
          dy: floats([1, 3, 3, 2], 2),
          input: floats([1, 6, 6, 2]),
          output: tf.maxPool(floats([1, 6, 6, 2]) as tf.Tensor4D, 2, 2, "valid"),
        },
        { filterSize: 2, strides: 2, pad: "valid" },
      ),
  ],
  [
    "AvgPoolGrad",
    () => [
      run(
        "AvgPoolGrad",
        { dy: floats([1, 3, 3, 2], 2), input: floats([1, 6, 6, 2]) },
        { filterSize: 2, strides: 2, pad: "valid" },
      ),
      run(
        "AvgPoolGrad",
        { dy: floats([2, 3, 4, 1], 2), input: floats([2, 5, 7, 1]) },
        { filterSize: 3, strides: 2, pad: "same" },
      ),
    ],
  ],
];

it.each(CASES.map(([kernel, fn, tolerance], i) => ({ name: `${kernel} #${i}`, fn, tolerance })))(
  "$name",
  ({ fn, tolerance }) => expectParity(fn, tolerance),
);

it("has a case for every stock kernel", () => {
  const extended = [
    "Iota",
    "RandomBits",
    "CounterUniform",
    "CounterNormal",
    "EmbeddingGather",
    "EmbeddingScatterAdd",
    "OptimizationBarrier",
    "ShardingConstraint",
    "CastPrecision",
    // fused-attention.test.ts, input-only-kernels.test.ts
    "FusedAttention",
    "FusedAttentionGrad",
    ...["LayerNorm", "RmsNorm", "Gelu", "QuickGelu", "Silu", "SwiGlu", "SoftmaxCrossEntropy"].flatMap((kernel) => [
      kernel,
      `${kernel}Grad`,
    ]),
  ];
  const covered = new Set([...CASES.map(([kernel]) => kernel), ...extended]);
  expect(KERNELS.map(({ kernelName }) => kernelName).filter((name) => !covered.has(name))).toEqual([]);
});

it("Select with a condition of rank 1 chooses whole rows", () => {
  const rows = run("Select", {
    condition: tf.tensor1d([true, false], "bool"),
    t: tf.ones([2, 2]),
    e: tf.zeros([2, 2]),
  });
  expect([...rows.dataSync()]).toEqual([1, 1, 0, 0]);
});

it("BatchMatMul broadcasts batches from both sides", () => {
  const [a, b] = [floats([2, 1, 3, 4]), floats([2, 3, 4, 2], 2)];
  const pairs = tf
    .split(a, 2)
    .flatMap((left, i) =>
      tf
        .split(tf.slice(b, [i, 0, 0, 0], [1, -1, -1, -1]), 3, 1)
        .map((right) => tf.matMul(tf.reshape(left, [3, 4]), tf.reshape(right, [4, 2]))),
    );
  expect(distance(Array.from(tf.matMul(a, b).dataSync()), Array.from(tf.stack(pairs).dataSync()))).toBeLessThan(1e-5);
});
