/** The client against a real XLA plugin on two virtual CPU devices. */
import { isL3mError } from "@l3m/errors";
import { type ElementType, loadPlugin, type PjrtClient } from "@l3m/pjrt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cpuPlugin } from "./cpu-plugin.ts";

const ADD_DONATING_FIRST = `func.func @main(%a: tensor<2x3xf32> {tf.aliasing_output = 0 : i32}, %b: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<f32>) {
  %0 = stablehlo.add %a, %b : tensor<2x3xf32>
  %1 = stablehlo.constant dense<1.5> : tensor<f32>
  return %0, %1 : tensor<2x3xf32>, tensor<f32>
}`;

let client: PjrtClient;
beforeAll(async () => {
  client = loadPlugin(await cpuPlugin()).createClient({ cpu_device_count: 2n });
});
afterAll(() => client.destroy());

/** The PJRT code or L3M code that `work` fails with. */
async function failure(work: () => unknown): Promise<{ code: string; pjrtCode: unknown; message: string }> {
  try {
    await work();
  } catch (error) {
    if (isL3mError(error))
      return { code: error.code, pjrtCode: error.details.data?.["pjrtCode"], message: error.message };
    throw error;
  }
  return { code: "none", pjrtCode: undefined, message: "" };
}

const f32 = (values: readonly number[], dims: readonly number[], device = client.devices[0]) =>
  client.bufferFromHost(Float32Array.from(values), "f32", dims, device);

describe("client", () => {
  it("describes the plugin and its devices", () => {
    const { version } = client.api;
    expect(version.major).toBe(0);
    expect(version.minor).toBeGreaterThanOrEqual(81);
    expect(client.api.attributes()["stablehlo_current_version"]).toHaveLength(3);
    expect(client.platformName).toBe("cpu");
    expect(client.devices.map((device) => [device.id, device.index, device.kind])).toEqual([
      [0, 0, "cpu"],
      [1, 1, "cpu"],
    ]);
    expect(client.devices[0]?.memoryStats()).toBeUndefined();
  });

  it("computes, donates and reports memory", async () => {
    const executable = await client.compile(ADD_DONATING_FIRST);
    expect([executable.numOutputs, executable.outputTypes, executable.outputDims]).toEqual([
      2,
      ["f32", "f32"],
      [[2, 3], []],
    ]);
    expect(executable.memoryStats()).toMatchObject({ argumentBytes: 48, aliasBytes: 24 });
    const [a, b] = [f32([1, 2, 3, 4, 5, 6], [2, 3]), f32([10, 20, 30, 40, 50, 60], [2, 3])];
    const [outputs] = executable.execute([[a, b]]);
    const sum = new Float32Array(6);
    await outputs?.[0]?.toHost(sum);
    expect([...sum]).toEqual([11, 22, 33, 44, 55, 66]);
    const constant = new Float32Array(1);
    outputs?.[1]?.toHostSync(constant);
    expect(constant[0]).toBe(1.5);
    expect([a.isDeleted, b.isDeleted, outputs?.[0]?.isDeleted]).toEqual([true, false, false]);
    expect(await failure(() => executable.execute([[a, b]]))).toMatchObject({
      code: "L3M_PJRT",
      pjrtCode: "INVALID_ARGUMENT",
    });
    expect(await failure(() => executable.execute([[b, b]]))).toMatchObject({
      code: "L3M_PJRT",
      pjrtCode: "INVALID_ARGUMENT",
    });
    expect(await failure(() => executable.execute([[b]]))).toMatchObject({
      code: "L3M_PJRT",
      pjrtCode: "INVALID_ARGUMENT",
    });
    expect(await failure(() => a.toHost(sum))).toMatchObject({ code: "L3M_PJRT", pjrtCode: "INVALID_ARGUMENT" });
  });

  it("moves every element type there and back, row-major", async () => {
    const samples: [ElementType, ArrayBufferView & { toString(): string }][] = [
      ["i1", Uint8Array.of(1, 0, 0, 1, 1, 0)],
      ["i8", Int8Array.of(-1, 2, -3, 4, -5, 127)],
      ["i16", Int16Array.of(-1, 2, -3, 4, -5, 32767)],
      ["i32", Int32Array.of(-1, 2, -3, 4, -5, 2 ** 31 - 1)],
      ["i64", BigInt64Array.of(-1n, 2n, -3n, 4n, -5n, 2n ** 62n)],
      ["ui8", Uint8Array.of(1, 2, 3, 4, 5, 255)],
      ["ui16", Uint16Array.of(1, 2, 3, 4, 5, 65535)],
      ["ui32", Uint32Array.of(1, 2, 3, 4, 5, 2 ** 32 - 1)],
      ["ui64", BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 2n ** 64n - 1n)],
      ["f16", Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x7c00)],
      ["bf16", Uint16Array.of(0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x7f80)],
      ["f32", Float32Array.of(1.5, -2, 3, 4, 5, Infinity)],
      ["f64", Float64Array.of(1.5, -2, 3, 4, 5, Number.MIN_VALUE)],
    ];
    for (const [type, data] of samples) {
      const transpose = client.compileSync(`func.func @main(%a: tensor<2x3x${type}>) -> tensor<3x2x${type}> {
        %0 = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3x${type}>) -> tensor<3x2x${type}>
        return %0 : tensor<3x2x${type}>
      }`);
      const buffer = client.bufferFromHost(data, type, [2, 3]);
      const [turned] = transpose.execute([[buffer]])[0] ?? [];
      const bytes = new Uint8Array(data.byteLength);
      await turned?.toHost(bytes);
      const width = data.byteLength / 6;
      const source = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const expected = Buffer.concat(
        [0, 3, 1, 4, 2, 5].map((index) => source.subarray(index * width, (index + 1) * width)),
      );
      expect(Buffer.from(bytes).equals(expected), type).toBe(true);
      expect([turned?.type, turned?.dims, turned?.sizeInBytes]).toEqual([type, [3, 2], data.byteLength]);
    }
  });

  it("reads from and writes to parts of larger arrays, and empty ones", async () => {
    const memory = Float32Array.of(9, 9, 1, 2, 9);
    const buffer = client.bufferFromHost(memory.subarray(2, 4), "f32", [2]);
    memory.fill(0); // copied already
    await buffer.toHost(memory.subarray(1, 3));
    expect([...memory]).toEqual([0, 1, 2, 0, 0]);
    const empty = client.bufferFromHost(new Float32Array(0), "f32", [0, 3]);
    empty.toHostSync(new Float32Array(0));
    expect(empty.sizeInBytes).toBe(0);
  });

  it("sends from memory that is left alone until the buffer is ready", async () => {
    const data = new Float32Array(new SharedArrayBuffer(4 << 20));
    const sums: number[] = [];
    for (let k = 1; k <= 5; k++) {
      data.fill(k);
      const buffer = client.sendFromHost(data, "f32", [1024, 1024]);
      await buffer.ready();
      data.fill(-1);
      const values = new Float32Array(1 << 20);
      await buffer.toHost(values);
      sums.push(values.reduce((sum, value) => sum + value, 0) / 2 ** 20);
      buffer.destroy();
    }
    expect(sums).toEqual([1, 2, 3, 4, 5]);
  });

  it("carries results over to the next call, and gives them back", async () => {
    const executable = await client.compile(
      `func.func @main(%k: tensor<f32>, %a: tensor<2xf32> {tf.aliasing_output = 2 : i32}, %b: tensor<3xf32> {tf.aliasing_output = 0 : i32}) -> (tensor<3xf32>, tensor<f32>, tensor<2xf32>) {
        %ka = stablehlo.broadcast_in_dim %k, dims = [] : (tensor<f32>) -> tensor<2xf32>
        %kb = stablehlo.broadcast_in_dim %k, dims = [] : (tensor<f32>) -> tensor<3xf32>
        %0 = stablehlo.add %b, %kb : tensor<3xf32>
        %1 = stablehlo.multiply %k, %k : tensor<f32>
        %2 = stablehlo.add %a, %ka : tensor<2xf32>
        return %0, %1, %2 : tensor<3xf32>, tensor<f32>, tensor<2xf32>
      }`,
    );
    const before = client.liveBuffers;
    const call = executable.carry(3, [
      { argument: 2, result: 0 },
      { argument: 1, result: 2 },
    ]);
    const [a, b] = [f32([1, 2], [2]), f32([3, 4, 5], [3])];
    call.load([[a, b]]);
    expect([client.liveBuffers, a.isDeleted]).toEqual([before + 2, true]);
    const squares: number[] = [];
    for (let k = 1; k <= 100; k++) {
      const arg = f32([k], []);
      const [[square]] = call.execute([[arg]]) as [[ReturnType<typeof f32>]];
      const value = new Float32Array(1);
      await square.toHost(value);
      squares.push(value[0] as number);
      arg.destroy();
      square.destroy();
      expect(client.liveBuffers).toBe(before + 2);
    }
    expect(squares).toEqual(Array.from({ length: 100 }, (_, i) => (i + 1) ** 2));
    const [[first, second]] = call.unload() as [[typeof a, typeof b]];
    const [two, three] = [new Float32Array(2), new Float32Array(3)];
    first.toHostSync(two);
    second.toHostSync(three);
    expect([...two, ...three]).toEqual([5051, 5052, 5053, 5054, 5055]);
    expect(await failure(() => call.execute([[f32([1], [])]]))).toMatchObject({ pjrtCode: "FAILED_PRECONDITION" });
    call.load([[first, second]]);
    call.destroy();
    call.destroy();
    expect(client.liveBuffers).toBe(before + 1); // the argument of the call that failed
  });

  it("copies between devices", async () => {
    const [first, second] = client.devices;
    if (second === undefined) expect.unreachable("the client has two devices");
    const copy = f32([1, 2, 3], [3], first).copyTo(second);
    const values = new Float32Array(3);
    await copy.toHost(values);
    expect([copy.device.id, ...values]).toEqual([1, 1, 2, 3]);
  });

  it("partitions over devices with Shardy", async () => {
    const rows = "tensor<8x16xf32>";
    const executable = await client.compile(
      `module { sdy.mesh @mesh = <["dp"=2]>
        func.func @main(%x: ${rows} {sdy.sharding = #sdy.sharding<@mesh, [{"dp"}, {}]>}) -> (${rows} {sdy.sharding = #sdy.sharding<@mesh, [{"dp"}, {}]>}, tensor<f32> {sdy.sharding = #sdy.sharding<@mesh, []>}) {
          %0 = stablehlo.iota dim = 0 : ${rows}
          %1 = stablehlo.add %0, %x : ${rows}
          %z = stablehlo.constant dense<0.0> : tensor<f32>
          %2 = stablehlo.reduce(%1 init: %z) applies stablehlo.add across dimensions = [0, 1] : (${rows}, tensor<f32>) -> tensor<f32>
          return %1, %2 : ${rows}, tensor<f32>
        } }`,
      { numPartitions: 2 },
    );
    expect(executable.outputDims).toEqual([[4, 16], []]);
    expect(executable.devices).toEqual(client.devices);
    const shards = client.devices.map((device) => [f32(new Array(64).fill(device.id), [4, 16], device)]);
    const outputs = executable.execute(shards);
    const total = 16 * 28 + 64; // the row numbers 0..7, 16 of each, and 1 for each element of the second shard
    for (const [, sum] of outputs) {
      const value = new Float32Array(1);
      await sum?.toHost(value);
      expect(value[0]).toBe(total);
    }
    const second = new Float32Array(64);
    await outputs[1]?.[0]?.toHost(second);
    expect([second[0], second[63]]).toEqual([5, 8]);
    expect(await failure(() => executable.execute([...shards].reverse()))).toMatchObject({ code: "L3M_BAD_OPTION" });
    expect(await failure(() => executable.execute(shards.slice(1)))).toMatchObject({ code: "L3M_BAD_OPTION" });
  });

  it("serializes, loads again, and refuses damaged bytes", async () => {
    const executable = await client.compile(ADD_DONATING_FIRST);
    const bytes = executable.serialize();
    const again = client.deserialize(bytes);
    expect(again.outputDims).toEqual(executable.outputDims);
    const sum = new Float32Array(6);
    again.execute([[f32([1, 1, 1, 1, 1, 1], [2, 3]), f32([1, 2, 3, 4, 5, 6], [2, 3])]])[0]?.[0]?.toHostSync(sum);
    expect([...sum]).toEqual([2, 3, 4, 5, 6, 7]);
    expect(executable.fingerprint).toBe(client.compileSync(ADD_DONATING_FIRST).fingerprint);
    expect(await failure(() => client.deserialize(bytes.subarray(0, bytes.length / 2)))).toMatchObject({
      code: "L3M_PJRT",
    });
    expect(await failure(() => client.deserialize(new Uint8Array(1000).fill(7)))).toMatchObject({ code: "L3M_PJRT" });
    const program = executable.optimizedProgram();
    expect(program.format).toMatch(/^hlo/);
    expect(program.code.length).toBeGreaterThan(100);
  });

  it("keeps the event loop turning while a computation runs and while one compiles", async () => {
    const big = "tensor<1200x1200xf32>";
    let turns = 0;
    const timer = setInterval(() => turns++, 2);
    const executable = await client.compile(`func.func @main(%a: ${big}) -> ${big} {
      ${Array.from({ length: 6 }, (_, i) => `%v${i + 1} = stablehlo.dot_general %${i === 0 ? "a" : `v${i}`}, %a, contracting_dims = [1] x [0] : (${big}, ${big}) -> ${big}`).join("\n")}
      return %v6 : ${big}
    }`);
    expect(turns).toBeGreaterThan(0);
    turns = 0;
    const [output] = executable.execute([[f32(new Array(1200 * 1200).fill(0), [1200, 1200])]])[0] ?? [];
    await output?.ready();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

describe("bad input is an error, never a crash", () => {
  it("in a module or its options", async () => {
    expect(await failure(() => client.compile("func.func @main() { nonsense }"))).toMatchObject({
      code: "L3M_PJRT",
      message: expect.stringContaining("nonsense"),
    });
    expect(await failure(() => client.compileSync(""))).toMatchObject({ code: "L3M_BAD_OPTION" });
    expect(await failure(() => client.compile(ADD_DONATING_FIRST, { flags: { xla_no_such: true } }))).toMatchObject({
      pjrtCode: "INVALID_ARGUMENT",
      message: expect.stringContaining("xla_no_such"),
    });
    expect(
      await failure(() => client.compile(ADD_DONATING_FIRST, { flags: { xla_cpu_enable_fast_math: "maybe" } })),
    ).toMatchObject({ pjrtCode: "INVALID_ARGUMENT" });
    expect(await failure(() => client.compile(ADD_DONATING_FIRST, { numPartitions: 3 }))).toMatchObject({
      code: "L3M_BAD_OPTION",
      message: expect.stringContaining("cpu_device_count: 3n"),
    });
    expect(
      await failure(() =>
        client.compile(ADD_DONATING_FIRST, {
          flags: { xla_cpu_enable_fast_math: false, xla_backend_optimization_level: 1 },
        }),
      ),
    ).toMatchObject({ code: "none" });
  });

  it("in data, types and shapes", async () => {
    expect(await failure(() => client.bufferFromHost(new Float32Array(5), "f32", [2, 3]))).toMatchObject({
      code: "L3M_BAD_SHAPE",
      message: expect.stringContaining("24 bytes"),
    });
    expect(await failure(() => client.bufferFromHost(new Float32Array(1), "f32", [-1]))).toMatchObject({
      code: "L3M_BAD_SHAPE",
    });
    const unknownType: ElementType = JSON.parse('"f31"');
    expect(await failure(() => client.bufferFromHost(new Float32Array(1), unknownType, []))).toMatchObject({
      code: "L3M_BAD_OPTION",
    });
    expect(await failure(() => f32([1], []).toHost(new Float32Array(2)))).toMatchObject({ code: "L3M_BAD_SHAPE" });
    const executable = client.compileSync(ADD_DONATING_FIRST);
    expect(await failure(() => executable.execute([[f32([1], []), f32([1], [])]]))).toMatchObject({
      code: "L3M_PJRT",
      pjrtCode: "INVALID_ARGUMENT",
    });
    expect(await failure(() => executable.execute([]))).toMatchObject({ code: "L3M_BAD_OPTION" });
  });

  it("in client options", async () => {
    expect(await failure(() => client.api.createClient({ cpu_device_cout: 2n }))).toMatchObject({
      code: "L3M_BAD_OPTION",
      message: expect.stringContaining('Did you mean "cpu_device_count"'),
    });
    expect(await failure(() => client.api.createClient({ cpu_device_count: "2" }))).toMatchObject({
      code: "L3M_BAD_OPTION",
      message: expect.stringContaining("8n"),
    });
    expect(await failure(() => client.api.createClient({ cpu_device_count: 0n }))).toMatchObject({
      code: "L3M_BAD_OPTION",
    });
  });
});
