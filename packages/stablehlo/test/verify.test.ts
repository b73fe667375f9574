import { isL3mError } from "@l3m/errors";
import { expect, it } from "vitest";
import * as s from "../src/index.ts";

const f32 = (...shape: number[]) => s.parameter({ shape, element: "f32" });
const i32 = (...shape: number[]) => s.parameter({ shape, element: "i32" });
const mesh: s.Mesh = { name: "mesh", axes: [{ name: "dp", size: 4 }] };

const WRONG: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "shapes differ",
    () => s.add(f32(2), f32(3)),
    /stablehlo\.add: operands must have one type[\s\S]*expected: tensor<2xf32>[\s\S]*got: +tensor<2xf32>, tensor<3xf32>/,
  ],
  ["element types differ", () => s.multiply(f32(2), i32(2)), /multiply/],
  ["float op on integers", () => s.exp(i32(2)), /exponential: element type not supported[\s\S]*floats/],
  ["bit op on floats", () => s.and(f32(2), f32(2)), /and/],
  ["reshape changes the size", () => s.reshape(f32(2, 3), [7]), /6 elements/],
  ["transpose repeats a dimension", () => s.transpose(f32(2, 3), [0, 0]), /permutation/],
  ["broadcast of an unequal extent", () => s.broadcastInDim(f32(2), [3], [0]), /does not broadcast/],
  ["slice out of range", () => s.slice(f32(4), [1], [5]), /range outside/],
  ["concatenate ragged", () => s.concatenate([f32(2, 3), f32(2, 4)], 0), /agree outside dimension 0/],
  ["reduce over a missing dimension", () => s.reduce(f32(2), { dims: [1], kind: "add" }), /dims/],
  [
    "dot of unequal contractions",
    () => s.dotGeneral(f32(2, 3), f32(4, 5), { contracting: [[1], [0]] }),
    /paired dimensions/,
  ],
  [
    "convolution of unequal features",
    () =>
      s.convolution(f32(1, 4, 4, 3), f32(2, 2, 4, 8), { layout: { input: "b01f", kernel: "01io", output: "b01f" } }),
    /features/,
  ],
  [
    "gather by floats",
    () =>
      s.gather(f32(4), f32(1, 1), {
        offsetDims: [],
        collapsedSliceDims: [0],
        startIndexMap: [0],
        indexVectorDim: 1,
        sliceSizes: [1],
      }),
    /integers/,
  ],
  [
    "loop changes a type",
    () =>
      s.whileLoop(
        [f32()],
        ([x]) => s.compare("LT", x as s.Value, x as s.Value),
        () => [f32(2)],
      ),
    /results of the body/,
  ],
  [
    "branches differ",
    () =>
      s.conditional(
        s.parameter({ shape: [], element: "i1" }),
        () => [f32()],
        () => [i32()],
      ),
    /branches/,
  ],
  ["constant of another size", () => s.constant([1, 2, 3], { shape: [2], element: "f32" }), /wrong number of values/],
  ["fraction in an integer constant", () => s.splat(0.5, { shape: [], element: "i32" }), /needs an integer/],
  [
    "sharding that does not divide",
    () => s.shardingConstraint(f32(30), { mesh: "mesh", dims: [["dp"]] }, mesh),
    /multiple of 4[\s\S]*30/,
  ],
  ["unknown mesh axis", () => s.shardingConstraint(f32(8), { mesh: "mesh", dims: [["tp"]] }, mesh), /no such axis/],
  [
    "alias to another type",
    () => {
      const x = f32(2);
      return s.printModule({
        functions: [
          { name: "main", params: [{ value: x, aliasOutput: 0 }], results: [{ value: s.reshape(x, [1, 2]) }] },
        ],
      });
    },
    /aliased/,
  ],
];

it.each(WRONG)("rejects: %s", (_title, build, message) => {
  let caught: unknown;
  try {
    build();
  } catch (error) {
    caught = error;
  }
  expect(isL3mError(caught) && caught.code).toBe("L3M_BAD_OP");
  expect(String(caught)).toMatch(message);
});

it("reports a value that leaves its region as a bug", () => {
  let inner: s.Value | undefined;
  s.whileLoop(
    [s.splat(0, { shape: [], element: "i32" })],
    ([i]) => {
      inner = s.add(i as s.Value, i as s.Value);
      return s.compare("LT", inner, i as s.Value);
    },
    (values) => values,
  );
  const leaked = s.negate(inner as s.Value);
  expect(() => s.printModule({ functions: [{ name: "main", params: [], results: [{ value: leaked }] }] })).toThrow(
    /L3M_INVARIANT/,
  );
});

it("returns the operand where nothing changes", () => {
  const x = f32(2, 3);
  expect([
    s.reshape(x, [2, 3]),
    s.transpose(x, [0, 1]),
    s.convert(x, "f32"),
    s.broadcastInDim(x, [2, 3], [0, 1]),
    s.slice(x, [0, 0], [2, 3]),
  ]).toEqual([x, x, x, x, x]);
});
