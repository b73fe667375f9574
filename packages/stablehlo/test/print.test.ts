import { expect, it } from "vitest";
import * as s from "../src/index.ts";

const f32 = (...shape: number[]): s.TensorType => ({ shape, element: "f32" });
const i32 = (...shape: number[]): s.TensorType => ({ shape, element: "i32" });
const main = (params: readonly s.Value[], results: readonly s.Value[]) =>
  s.printModule({
    functions: [
      { name: "main", params: params.map((value) => ({ value })), results: results.map((value) => ({ value })) },
    ],
  });

it("prints a linear layer", () => {
  const [x, w] = [s.parameter(f32(8, 32)), s.parameter(f32(32, 16))];
  const y = s.tanh(s.dotGeneral(x, w, { contracting: [[1], [0]] }));
  const mean = s.multiply(s.reduce(y, { dims: [0], kind: "add" }), s.broadcastInDim(s.splat(0.125, f32()), [16], []));
  expect(main([x, w], [y, mean])).toMatchInlineSnapshot(`
    "module @module {
      func.func public @main(%arg0: tensor<8x32xf32>, %arg1: tensor<32x16xf32>) -> (tensor<8x16xf32>, tensor<16xf32>) {
        %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<8x32xf32>, tensor<32x16xf32>) -> tensor<8x16xf32>
        %1 = stablehlo.tanh %0 : tensor<8x16xf32>
        %2 = stablehlo.constant dense<0.0> : tensor<f32>
        %3 = stablehlo.reduce(%1 init: %2) applies stablehlo.add across dimensions = [0] : (tensor<8x16xf32>, tensor<f32>) -> tensor<16xf32>
        %4 = stablehlo.constant dense<0.125> : tensor<f32>
        %5 = stablehlo.broadcast_in_dim %4, dims = [] : (tensor<f32>) -> tensor<16xf32>
        %6 = stablehlo.multiply %3, %5 : tensor<16xf32>
        return %1, %6 : tensor<8x16xf32>, tensor<16xf32>
      }
    }
    "
  `);
});

it("leaves out what no result needs, and equal graphs give equal text", () => {
  const build = () => {
    const x = s.parameter(f32(4));
    s.exp(x);
    return main([x], [s.add(x, x)]);
  };
  const text = build();
  expect(text).not.toContain("exponential");
  expect(build()).toBe(text);
});

it("prints a loop: what does not depend on the loop values stands before it", () => {
  const x = s.parameter(i32());
  const results = s.whileLoop(
    [s.splat(0, i32()), x],
    ([i]) => s.compare("LT", i as s.Value, s.splat(3, i32())),
    ([i, sum]) => [s.add(i as s.Value, s.splat(1, i32())), s.add(sum as s.Value, s.negate(x))],
  );
  expect(main([x], results)).toMatchInlineSnapshot(`
    "module @module {
      func.func public @main(%arg0: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
        %0 = stablehlo.constant dense<0> : tensor<i32>
        %1 = stablehlo.constant dense<3> : tensor<i32>
        %2 = stablehlo.constant dense<1> : tensor<i32>
        %3 = stablehlo.negate %arg0 : tensor<i32>
        %7:2 = "stablehlo.while"(%0, %arg0) ({
        ^bb0(%arg1: tensor<i32>, %arg2: tensor<i32>):
          %4 = stablehlo.compare LT, %arg1, %1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %4 : tensor<i1>
        }, {
        ^bb0(%arg3: tensor<i32>, %arg4: tensor<i32>):
          %5 = stablehlo.add %arg3, %2 : tensor<i32>
          %6 = stablehlo.add %arg4, %3 : tensor<i32>
          stablehlo.return %5, %6 : tensor<i32>, tensor<i32>
        }) : (tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>)
        return %7#0, %7#1 : tensor<i32>, tensor<i32>
      }
    }
    "
  `);
});

it("prints gathers, scatters and convolutions in the generic form", () => {
  const table = s.parameter(f32(100, 8));
  const ids = s.parameter(i32(4, 1));
  const rows = s.gather(table, ids, {
    offsetDims: [1],
    collapsedSliceDims: [0],
    startIndexMap: [0],
    indexVectorDim: 1,
    sliceSizes: [1, 8],
  });
  const back = s.scatter(table, ids, rows, {
    updateWindowDims: [1],
    insertedWindowDims: [0],
    scatterDimsToOperandDims: [0],
    indexVectorDim: 1,
    kind: "add",
  });
  const image = s.parameter(f32(2, 8, 8, 3));
  const kernel = s.parameter(f32(4, 4, 3, 16));
  const patches = s.convolution(image, kernel, {
    layout: { input: "b01f", kernel: "01io", output: "b01f" },
    strides: [4, 4],
  });
  expect(patches.type.shape).toEqual([2, 2, 2, 16]);
  expect(main([table, ids, image, kernel], [back, patches])).toMatchInlineSnapshot(`
    "module @module {
      func.func public @main(%arg0: tensor<100x8xf32>, %arg1: tensor<4x1xi32>, %arg2: tensor<2x8x8x3xf32>, %arg3: tensor<4x4x3x16xf32>) -> (tensor<100x8xf32>, tensor<2x2x2x16xf32>) {
        %0 = "stablehlo.gather"(%arg0, %arg1) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], operand_batching_dims = [], start_indices_batching_dims = [], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 8>}> : (tensor<100x8xf32>, tensor<4x1xi32>) -> tensor<4x8xf32>
        %2 = "stablehlo.scatter"(%arg0, %arg1, %0) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], input_batching_dims = [], scatter_indices_batching_dims = [], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, indices_are_sorted = false, unique_indices = false}> ({
        ^bb0(%arg4: tensor<f32>, %arg5: tensor<f32>):
          %1 = stablehlo.add %arg4, %arg5 : tensor<f32>
          stablehlo.return %1 : tensor<f32>
        }) : (tensor<100x8xf32>, tensor<4x1xi32>, tensor<4x8xf32>) -> tensor<100x8xf32>
        %3 = "stablehlo.convolution"(%arg2, %arg3) <{window_strides = array<i64: 4, 4>, padding = dense<[[0, 0], [0, 0]]> : tensor<2x2xi64>, lhs_dilation = array<i64: 1, 1>, rhs_dilation = array<i64: 1, 1>, window_reversal = array<i1: false, false>, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 1 : i64, batch_group_count = 1 : i64}> : (tensor<2x8x8x3xf32>, tensor<4x4x3x16xf32>) -> tensor<2x2x2x16xf32>
        return %2, %3 : tensor<100x8xf32>, tensor<2x2x2x16xf32>
      }
    }
    "
  `);
});

it("prints meshes, shardings, donation and memory kinds", () => {
  const mesh: s.Mesh = {
    name: "mesh",
    axes: [
      { name: "dp", size: 2 },
      { name: "tp", size: 2 },
    ],
  };
  const sharded: s.Sharding = { mesh: "mesh", dims: [["dp", "tp"], []] };
  const [w, b] = [s.parameter(f32(8, 4)), s.parameter(f32(4))];
  const whole = s.shardingConstraint(w, { mesh: "mesh", dims: [[], []] }, mesh);
  const next = s.add(w, whole);
  const text = s.printModule({
    name: "train step",
    mesh,
    functions: [
      {
        name: "main",
        params: [
          { value: w, sharding: sharded, aliasOutput: 0 },
          { value: b, donor: true, memoryKind: "pinned_host" },
        ],
        results: [{ value: next, sharding: sharded }, { value: b }],
      },
    ],
  });
  expect(text).toMatchInlineSnapshot(`
    "module @train_step attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
      sdy.mesh @mesh = <["dp"=2, "tp"=2]>
      func.func public @main(%arg0: tensor<8x4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"dp", "tp"}, {}]>, tf.aliasing_output = 0 : i32}, %arg1: tensor<4xf32> {mhlo.memory_kind = "pinned_host", jax.buffer_donor = true}) -> (tensor<8x4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"dp", "tp"}, {}]>}, tensor<4xf32>) {
        %0 = sdy.sharding_constraint %arg0 <@mesh, [{}, {}]> : tensor<8x4xf32>
        %1 = stablehlo.add %arg0, %0 : tensor<8x4xf32>
        return %1, %arg1 : tensor<8x4xf32>, tensor<4xf32>
      }
    }
    "
  `);
});

it("writes constants exactly", () => {
  const text = (value: s.Value) => main([], [value]).match(/dense<(.*?)> : tensor/)?.[1];
  expect(text(s.splat(0.1, f32()))).toBe("0.1");
  expect(text(s.splat(1 / 3, f32()))).toBe("0.33333334");
  expect(text(s.splat(1e-12, f32()))).toBe("1.0e-12");
  expect(text(s.splat(NaN, f32()))).toBe("0x7FC00000");
  expect(text(s.splat(-Infinity, { shape: [], element: "bf16" }))).toBe("0xFF80");
  expect(text(s.constant([1, 2, 3, 4], i32(2, 2)))).toBe("[[1, 2], [3, 4]]");
  expect(text(s.constant([7, 7], i32(2)))).toBe("7");
  expect(text(s.constantFromBytes(Float32Array.of(1, -2), f32(2)))).toBe('"0x0000803F000000C0"');
  expect(text(s.constantFromBytes(Uint8Array.of(1, 0), { shape: [2], element: "i1" }))).toBe("[true, false]");
});

it("cuts the graph where a computed value is listed as a parameter", () => {
  const x = s.parameter(f32(4));
  const [y] = s.sort([s.exp(x)], { dim: 0, before: ([a], [b]) => s.compare("LT", a as s.Value, b as s.Value) }) as [
    s.Value,
  ];
  const text = main([y], [s.negate(y)]);
  expect(text).not.toMatch(/sort|exponential/);
  expect(text).toContain("stablehlo.negate %arg0 : tensor<4xf32>");
});

it("prints custom calls with layouts inside a manual computation over a mesh", () => {
  const mesh: s.Mesh = {
    name: "mesh",
    axes: [
      { name: "dp", size: 2 },
      { name: "tp", size: 2 },
    ],
  };
  const x = s.parameter(f32(8, 4, 6));
  const split = { mesh: "mesh", dims: [["dp"], [], ["tp"]] };
  const [y] = s.manualComputation([x], {
    mesh,
    inShardings: [split],
    results: [{ type: f32(8, 4, 6), sharding: split }],
    body: (shards) =>
      s.customCall(shards, {
        target: "work",
        apiVersion: 2,
        backendConfig: '{"a":1}',
        results: [f32(4, 4, 3)],
        layouts: { operands: [[2, 1, 0]], results: [[1, 2, 0]] },
      }),
  }) as [s.Value];
  const text = s.printModule({
    mesh,
    functions: [{ name: "main", params: [{ value: x }], results: [{ value: y }] }],
  });
  expect(text).toMatchInlineSnapshot(`
    "module @module attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
      sdy.mesh @mesh = <["dp"=2, "tp"=2]>
      func.func public @main(%arg0: tensor<8x4x6xf32>) -> (tensor<8x4x6xf32>) {
        %1 = "sdy.manual_computation"(%arg0) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{"dp"}, {}, {"tp"}]>]>, manual_axes = #sdy<manual_axes{"dp", "tp"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{"dp"}, {}, {"tp"}]>]>}> ({
        ^bb0(%arg1: tensor<4x4x3xf32>):
          %0 = "stablehlo.custom_call"(%arg1) <{api_version = 2 : i32, backend_config = "{\\22a\\22:1}", call_target_name = "work", has_side_effect = false, operand_layouts = [dense<[2, 1, 0]> : tensor<3xindex>], result_layouts = [dense<[1, 2, 0]> : tensor<3xindex>]}> : (tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
          sdy.return %0 : tensor<4x4x3xf32>
        }) : (tensor<8x4x6xf32>) -> tensor<8x4x6xf32>
        return %1 : tensor<8x4x6xf32>
      }
    }
    "
  `);
  expect(() =>
    s.manualComputation([x], {
      mesh,
      inShardings: [split],
      results: [{ type: f32(4, 4, 3), sharding: { mesh: "mesh", dims: [[], [], []] } }],
      body: ([shard]) => [s.add(shard as s.Value, s.splat(1, f32(4, 4, 3)))],
    }),
  ).toThrow("nothing from outside");
  expect(() =>
    s.customCall([x], { target: "work", results: [], layouts: { operands: [[0, 1]], results: [] } }),
  ).toThrow("every dimension");
});
