/** One small program per op, with the numbers it must give; computed by hand or with Math. */
import * as s from "@l3m/stablehlo";

export interface OpCase {
  readonly name: string;
  readonly build: () => readonly s.Value[];
  /** Flat expected numbers, one list per result; booleans as 0 and 1. */
  readonly expected: readonly (readonly number[])[];
}

const f32 = (shape: readonly number[]): s.TensorType => ({ shape, element: "f32" });
const i32 = (shape: readonly number[]): s.TensorType => ({ shape, element: "i32" });
const floats = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  s.constantFromBytes(Float32Array.from(values), f32(shape));
const ints = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  s.constantFromBytes(Int32Array.from(values), i32(shape));
const bools = (values: readonly boolean[]) => s.constant(values, { shape: [values.length], element: "i1" });
const count = (n: number, start = 0) => Array.from({ length: n }, (_, i) => i + start);

const X = [-1.5, -0.25, 0.5, 2];
const P = [0.25, 0.5, 1, 2];
const U = [-0.75, -0.25, 0.25, 0.75];

const unary: readonly (readonly [string, (x: s.Value) => s.Value, (x: number) => number, readonly number[]])[] = [
  ["negate", s.negate, (x) => -x, X],
  ["abs", s.abs, Math.abs, X],
  ["sign", s.sign, Math.sign, X],
  ["exp", s.exp, Math.exp, X],
  ["expm1", s.expm1, Math.expm1, X],
  ["log", s.log, Math.log, P],
  ["log1p", s.log1p, Math.log1p, P],
  ["sqrt", s.sqrt, Math.sqrt, P],
  ["rsqrt", s.rsqrt, (x) => 1 / Math.sqrt(x), P],
  ["cbrt", s.cbrt, Math.cbrt, P],
  ["tanh", s.tanh, Math.tanh, X],
  ["logistic", s.logistic, (x) => 1 / (1 + Math.exp(-x)), X],
  ["sine", s.sine, Math.sin, X],
  ["cosine", s.cosine, Math.cos, X],
  ["tan", s.tan, Math.tan, U],
  ["floor", s.floor, Math.floor, X],
  ["ceil", s.ceil, Math.ceil, X],
  ["asin", s.asin, Math.asin, U],
  ["acos", s.acos, Math.acos, U],
  ["atan", s.atan, Math.atan, X],
  ["asinh", s.asinh, Math.asinh, X],
  ["acosh", s.acosh, Math.acosh, [1, 1.5, 2, 3]],
  ["atanh", s.atanh, Math.atanh, U],
  ["sinh", s.sinh, Math.sinh, X],
  ["cosh", s.cosh, Math.cosh, X],
];

const binary: readonly (readonly [string, (a: s.Value, b: s.Value) => s.Value, (a: number, b: number) => number])[] = [
  ["add", s.add, (a, b) => a + b],
  ["subtract", s.subtract, (a, b) => a - b],
  ["multiply", s.multiply, (a, b) => a * b],
  ["divide", s.divide, (a, b) => a / b],
  ["maximum", s.maximum, Math.max],
  ["minimum", s.minimum, Math.min],
  ["remainder", s.remainder, (a, b) => a % b],
  ["atan2", s.atan2, Math.atan2],
];

const integer: readonly (readonly [string, (a: s.Value, b: s.Value) => s.Value, (a: number, b: number) => number])[] = [
  ["and", s.and, (a, b) => a & b],
  ["or", s.or, (a, b) => a | b],
  ["xor", s.xor, (a, b) => a ^ b],
  ["shiftLeft", s.shiftLeft, (a, b) => a << b],
  ["shiftRightLogical", s.shiftRightLogical, (a, b) => (a >>> b) | 0],
  ["shiftRightArithmetic", s.shiftRightArithmetic, (a, b) => a >> b],
  ["integer divide", s.divide, (a, b) => Math.trunc(a / b)],
  ["integer remainder", s.remainder, (a, b) => a % b],
];

const directions: readonly (readonly [s.Direction, (a: number, b: number) => boolean])[] = [
  ["EQ", (a, b) => a === b],
  ["NE", (a, b) => a !== b],
  ["LT", (a, b) => a < b],
  ["LE", (a, b) => a <= b],
  ["GT", (a, b) => a > b],
  ["GE", (a, b) => a >= b],
];

export const OP_CASES: readonly OpCase[] = [
  ...unary.map(([name, op, fn, input]) => ({ name, build: () => [op(floats(input))], expected: [input.map(fn)] })),
  ...binary.map(([name, op, fn]) => ({
    name,
    build: () => [op(floats(X), floats(P))],
    expected: [X.map((a, i) => fn(a, P[i] as number))],
  })),
  ...integer.map(([name, op, fn]) => {
    const [a, b] = [
      [-7, 5, 12, 9],
      [2, 1, 3, 4],
    ] as const;
    return { name, build: () => [op(ints(a), ints(b))], expected: [a.map((x, i) => fn(x, b[i] as number))] };
  }),
  ...directions.map(([name, fn]) => ({
    name: `compare ${name}`,
    build: () => [s.compare(name, floats([1, 2, 3]), floats([2, 2, 2]))],
    expected: [[1, 2, 3].map((a) => Number(fn(a, 2)))],
  })),
  { name: "power", build: () => [s.power(floats([2, 9]), floats([3, 0.5]))], expected: [[8, 3]] },
  {
    name: "erf, erfInv",
    build: () => [s.erf(floats([-1, 0.5])), s.erfInv(floats([0.5]))],
    expected: [[-0.8427008, 0.5204999], [0.4769363]],
  },
  {
    name: "roundNearestEven",
    build: () => [s.roundNearestEven(floats([0.5, 1.5, 2.5, -0.5]))],
    expected: [[0, 2, 2, 0]],
  },
  { name: "isFinite", build: () => [s.isFinite(floats([1, Infinity, NaN]))], expected: [[1, 0, 0]] },
  {
    name: "not, popcount",
    build: () => [s.not(bools([true, false])), s.popcount(ints([7, 0, -1]))],
    expected: [
      [0, 1],
      [3, 0, 32],
    ],
  },
  {
    name: "select, clamp",
    build: () => [
      s.select(bools([true, false]), floats([1, 2]), floats([3, 4])),
      s.clamp(s.splat(0, f32([])), floats([-1, 0.5, 2]), s.splat(1, f32([]))),
    ],
    expected: [
      [1, 4],
      [0, 0.5, 1],
    ],
  },
  {
    name: "convert",
    build: () => [
      s.convert(floats([1.7, -1.7, 0]), "i32"),
      s.convert(floats([0, 2]), "i1"),
      s.convert(s.convert(floats([1.00390625]), "bf16"), "f32"),
    ],
    expected: [[1, -1, 0], [0, 1], [1]],
  },
  {
    name: "bitcastConvert",
    build: () => [s.bitcastConvert(floats([1, -2]), "i32")],
    expected: [[0x3f800000, -0x40000000]],
  },
  {
    name: "constants",
    build: () => [
      s.splat(0.1, f32([2])),
      s.constant([1, 2, 3, 4], i32([2, 2])),
      s.constant([true, false], { shape: [1, 2], element: "i1" }),
      s.splat(-Infinity, f32([1])),
    ],
    expected: [[0.1, 0.1].map(Math.fround), [1, 2, 3, 4], [1, 0], [-Infinity]],
  },
  { name: "iota", build: () => [s.iota(i32([2, 3]), 1)], expected: [[0, 1, 2, 0, 1, 2]] },
  {
    name: "reshape, transpose",
    build: () => [s.transpose(s.reshape(ints(count(6)), [2, 3]), [1, 0])],
    expected: [[0, 3, 1, 4, 2, 5]],
  },
  {
    name: "broadcastInDim",
    build: () => [s.broadcastInDim(ints([1, 2]), [2, 2], [0]), s.broadcastInDim(ints([5], [1, 1]), [1, 3], [0, 1])],
    expected: [
      [1, 1, 2, 2],
      [5, 5, 5],
    ],
  },
  {
    name: "concatenate",
    build: () => [s.concatenate([ints([1, 2], [2, 1]), ints([3, 4], [2, 1])], 1)],
    expected: [[1, 3, 2, 4]],
  },
  { name: "slice", build: () => [s.slice(ints(count(8)), [1], [8], [3])], expected: [[1, 4, 7]] },
  {
    name: "pad",
    build: () => [s.pad(ints([1, 2, 3]), s.splat(9, i32([])), { low: [1], high: [-1], interior: [1] })],
    expected: [[9, 1, 9, 2, 9]],
  },
  { name: "reverse", build: () => [s.reverse(ints(count(4), [2, 2]), [1])], expected: [[1, 0, 3, 2]] },
  ...(["add", "multiply", "maximum", "minimum"] as const).map((kind) => ({
    name: `reduce ${kind}`,
    build: () => [s.reduce(ints([3, 1, 2, 5, 4, 6], [2, 3]), { dims: [1], kind })],
    expected: [{ add: [6, 15], multiply: [6, 120], maximum: [3, 6], minimum: [1, 4] }[kind]],
  })),
  {
    name: "reduce and, or",
    build: () => [
      s.reduce(bools([true, false]), { dims: [0], kind: "and" }),
      s.reduce(bools([true, false]), { dims: [0], kind: "or" }),
    ],
    expected: [[0], [1]],
  },
  {
    name: "reduceVariadic (argmax)",
    build: () => {
      const x = floats([1, 5, 2, 7, 0, 3], [2, 3]);
      return s.reduceVariadic([x, s.iota(i32([2, 3]), 1)], {
        dims: [1],
        inits: [s.splat(-Infinity, f32([])), s.splat(0, i32([]))],
        body: ([a, i], [b, j]) => {
          const [left, right] = [a as s.Value, b as s.Value];
          const keep = s.compare("GE", left, right);
          return [s.select(keep, left, right), s.select(keep, i as s.Value, j as s.Value)];
        },
      });
    },
    expected: [
      [5, 7],
      [1, 0],
    ],
  },
  {
    name: "reduceWindow (cumulative sum)",
    build: () => [s.reduceWindow(ints([1, 2, 3, 4]), { kind: "add", size: [4], padding: [[3, 0]] })],
    expected: [[1, 3, 6, 10]],
  },
  {
    name: "selectAndScatter (max pool gradient)",
    build: () => [s.selectAndScatter(floats([1, 3, 2, 0]), floats([10, 20]), { size: [2], strides: [2] })],
    expected: [[0, 10, 20, 0]],
  },
  {
    name: "dotGeneral",
    build: () => [s.dotGeneral(floats(count(6), [2, 3]), floats(count(6), [3, 2]), { contracting: [[1], [0]] })],
    expected: [[10, 13, 28, 40]],
  },
  {
    name: "dotGeneral batched",
    build: () => [
      s.dotGeneral(floats(count(4), [2, 1, 2]), floats(count(4), [2, 2, 1]), {
        contracting: [[2], [1]],
        batching: [[0], [0]],
        precision: "HIGHEST",
      }),
    ],
    expected: [[1, 13]],
  },
  {
    name: "convolution",
    build: () => [
      s.convolution(floats(count(9, 1), [1, 3, 3, 1]), floats([1, 0, 0, 1], [2, 2, 1, 1]), {
        layout: { input: "b01f", kernel: "01io", output: "b01f" },
        padding: [
          [0, 1],
          [0, 1],
        ],
        strides: [2, 2],
      }),
    ],
    expected: [[6, 3, 7, 9]],
  },
  {
    name: "gather rows",
    build: () => [
      s.gather(floats(count(6), [3, 2]), ints([2, 0], [2, 1]), {
        offsetDims: [1],
        collapsedSliceDims: [0],
        startIndexMap: [0],
        indexVectorDim: 1,
        sliceSizes: [1, 2],
      }),
    ],
    expected: [[4, 5, 0, 1]],
  },
  ...(["add", "replace"] as const).map((kind) => ({
    name: `scatter ${kind}`,
    build: () => [
      s.scatter(floats([1, 1, 1]), ints([0, 2, 2], [3, 1]), floats([5, 6, 6]), {
        updateWindowDims: [],
        insertedWindowDims: [0],
        scatterDimsToOperandDims: [0],
        indexVectorDim: 1,
        kind,
      }),
    ],
    expected: [kind === "add" ? [6, 1, 13] : [5, 1, 6]],
  })),
  {
    name: "dynamicSlice",
    build: () => [s.dynamicSlice(ints(count(5)), [s.splat(4, i32([]))], [2])],
    expected: [[3, 4]],
  },
  {
    name: "dynamicUpdateSlice",
    build: () => [s.dynamicUpdateSlice(ints(count(4)), ints([8, 9]), [s.splat(1, i32([]))])],
    expected: [[0, 8, 9, 3]],
  },
  {
    name: "sort",
    build: () =>
      s.sort([floats([3, 1, 2]), ints([0, 1, 2])], {
        dim: 0,
        stable: true,
        before: ([a], [b]) => s.compare("LT", a as s.Value, b as s.Value),
      }),
    expected: [
      [1, 2, 3],
      [1, 2, 0],
    ],
  },
  {
    name: "whileLoop with a captured value",
    build: () => {
      const step = s.add(s.splat(2, i32([])), s.splat(1, i32([])));
      return s.whileLoop(
        [s.splat(0, i32([])), s.splat(0, i32([]))],
        ([i]) => s.compare("LT", i as s.Value, s.splat(4, i32([]))),
        ([i, sum]) => [s.add(i as s.Value, s.splat(1, i32([]))), s.add(sum as s.Value, step)],
      );
    },
    expected: [[4], [12]],
  },
  {
    name: "conditional inside a loop",
    build: () => {
      const odd = (i: s.Value) => s.compare("EQ", s.and(i, s.splat(1, i32([]))), s.splat(1, i32([])));
      return s.whileLoop(
        [s.splat(0, i32([])), s.splat(0, i32([]))],
        ([i]) => s.compare("LT", i as s.Value, s.splat(5, i32([]))),
        ([i, sum]) => {
          const [next] = s.conditional(
            odd(i as s.Value),
            () => [s.add(sum as s.Value, i as s.Value)],
            () => [sum as s.Value],
          );
          return [s.add(i as s.Value, s.splat(1, i32([]))), next as s.Value];
        },
      );
    },
    expected: [[5], [4]],
  },
  {
    name: "optimizationBarrier",
    build: () => s.optimizationBarrier([floats([1, 2]), ints([3])]),
    expected: [[1, 2], [3]],
  },
  {
    name: "rngBitGenerator (state advances)",
    build: () =>
      [
        s.convert(
          s.compare(
            "NE",
            s.rngBitGenerator(
              s.constant([1n, 2n], { shape: [2], element: "ui64" }),
              { shape: [2], element: "ui32" },
              "PHILOX",
            )[0],
            s.constant([1n, 2n], { shape: [2], element: "ui64" }),
          ),
          "i32",
        ),
      ].map((x) => s.reduce(x, { dims: [0], kind: "maximum" })),
    expected: [[1]],
  },
];
