/** What counts as weights: safetensors of all element types, sharded sets, checkpoints of L3M; and what is refused, with a cure. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { saveCheckpoint } from "../../src/checkpoint/save-checkpoint.ts";
import type { TensorData, TensorSource } from "../../src/index.ts";
import { memoryBytes } from "../../src/weights/bytes-at.ts";
import { openWeights } from "../../src/weights/open-weights.ts";
import { safetensorsWeights } from "../../src/weights/safetensors-weights.ts";
import { f32, writeSafetensors } from "./safetensors-file.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "l3m-weights-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);

async function valuesOf(place: string): Promise<Record<string, TensorData>> {
  const { weights } = await openWeights(place);
  return Object.fromEntries(
    await Promise.all([...weights].map(async ([name, source]) => [name, await source.read()] as const)),
  );
}

it("reads every element type", async () => {
  const shape = [2];
  writeSafetensors(at("w.safetensors"), {
    f64: { dtype: "F64", shape, bytes: Float64Array.of(0.1, -1e300) },
    odd: { dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 255) }, // what follows is at odd places
    f32: { dtype: "F32", shape, bytes: Float32Array.of(0.1, -3) },
    f16: { dtype: "F16", shape: [4], bytes: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff) },
    bf16: { dtype: "BF16", shape: [3], bytes: Uint16Array.of(0x3f80, 0xc049, 0x0001) },
    i64: { dtype: "I64", shape, bytes: BigInt64Array.of(-5n, 1n << 40n) },
    i32: { dtype: "I32", shape, bytes: Int32Array.of(-5, 6) },
    i16: { dtype: "I16", shape, bytes: Int16Array.of(-5, 6) },
    i8: { dtype: "I8", shape, bytes: Int8Array.of(-5, 6) },
    bool: { dtype: "BOOL", shape, bytes: Uint8Array.of(0, 1) },
  });
  expect(await valuesOf(at("w.safetensors"))).toEqual({
    f64: Float32Array.of(0.1, -Infinity),
    odd: Uint8Array.of(1, 2, 255),
    f32: Float32Array.of(0.1, -3),
    f16: Float32Array.of(1, -2, 2 ** -24, 65504),
    bf16: Float32Array.of(1, -3.140625, 2 ** -133),
    i64: Int32Array.of(-5, 2 ** 31 - 1),
    i32: Int32Array.of(-5, 6),
    i16: Int32Array.of(-5, 6),
    i8: Int32Array.of(-5, 6),
    bool: Uint8Array.of(0, 1),
  });
});

function writeSharded(): void {
  writeSafetensors(at("model-00001-of-00002.safetensors"), { a: f32([2], 1, 2), b: f32([1], 3) });
  writeSafetensors(at("model-00002-of-00002.safetensors"), { c: f32([1, 1], 4) });
  const weight_map = { c: "model-00002-of-00002.safetensors", a: "model-00001-of-00002.safetensors" };
  writeFileSync(at("model.safetensors.index.json"), JSON.stringify({ metadata: { total_size: 16 }, weight_map }));
}

it("reads a sharded set, by its index or its folder", async () => {
  writeSharded();
  const values = { c: Float32Array.of(4), a: Float32Array.of(1, 2) };
  expect(await valuesOf(at("model.safetensors.index.json"))).toEqual(values);
  expect(await valuesOf(folder)).toEqual(values);
});

it("names a missing shard, and a tensor that is in none", async () => {
  writeSharded();
  const index = at("model.safetensors.index.json");
  const write = (weight_map: object): void => writeFileSync(index, JSON.stringify({ weight_map }));
  write({ a: "model-00003-of-00003.safetensors" });
  await expect(openWeights(index)).rejects.toThrow(/"model-00003-of-00003.safetensors" of the index is missing/);
  write({ cc: "model-00002-of-00002.safetensors" });
  await expect(openWeights(index)).rejects.toThrow(/"cc" is not in[^]*Did you mean "c"/);
  write({ a: "../model-00001-of-00002.safetensors" });
  await expect(openWeights(index)).rejects.toThrow(/a file next to the index/);
  writeFileSync(index, "{}");
  await expect(openWeights(index)).rejects.toThrow(/no weight_map/);
});

it("takes off what trainers put around names", async () => {
  writeSafetensors(at("w.safetensors"), {
    "module.trunk._checkpoint_wrapped_module.a": f32([1], 1),
    "module._orig_mod.trunk._fsdp_wrapped_module.b": f32([1], 2),
  });
  expect(await valuesOf(at("w.safetensors"))).toEqual({ "trunk.a": Float32Array.of(1), "trunk.b": Float32Array.of(2) });
  writeSafetensors(at("w.safetensors"), { "_orig_mod.a": f32([1], 1), a: f32([1], 2) });
  await expect(openWeights(at("w.safetensors"))).rejects.toThrow(/Two tensors are called "a"/);
});

it("reads the model of a run's newest checkpoint, and of a given one", async () => {
  const source = (data: Float32Array): TensorSource => ({
    dtype: "F32",
    shape: [1],
    read: () => Promise.resolve(data),
  });
  const checkpoints = path.join(folder, "checkpoints");
  for (const step of [1, 2]) {
    const tensors = new Map([
      ["model/a.weight", source(Float32Array.of(step))],
      ["buffers/a.running_mean", source(Float32Array.of(10 * step))],
      ["optim/exp_avg/a.weight", source(Float32Array.of(7))],
    ]);
    const loop = { step, seed: 1, data: null };
    await saveCheckpoint(checkpoints, { tensors, loop, config: "x: 1", engine: "tfjs-cpu", mesh: null }, { keep: 3 });
  }
  const newest = { "a.weight": Float32Array.of(2), "a.running_mean": Float32Array.of(20) };
  expect(await valuesOf(folder)).toEqual(newest);
  expect(await valuesOf(checkpoints)).toEqual(newest);
  const first = await openWeights(path.join(checkpoints, "step-00000001"));
  expect([first.kind, first.config]).toEqual(["checkpoint after step 1", "x: 1"]);
  expect(await first.weights.get("a.weight")?.read()).toEqual(Float32Array.of(1));
});

it("refuses sharded checkpoints of PyTorch with the command that converts them", async () => {
  mkdirSync(at("checkpoint_100"));
  writeFileSync(path.join(at("checkpoint_100"), ".metadata"), "");
  writeFileSync(path.join(at("checkpoint_100"), "__0_0.distcp"), "");
  for (const place of [at("checkpoint_100"), path.join(at("checkpoint_100"), "__0_0.distcp")])
    await expect(openWeights(place)).rejects.toThrow(
      `python -m torch.distributed.checkpoint.format_utils dcp_to_torch ${at("checkpoint_100")} ${at("checkpoint_100")}.pth`,
    );
});

it.each<[string, (place: string) => void, RegExp]>([
  ["nothing", () => undefined, /There are no weights here/],
  ["an empty folder", (place) => mkdirSync(place), /does not hold one set of weights[^]*an empty folder/],
  ["an empty file", (place) => writeFileSync(place, ""), /no whole safetensors file[^]*0 bytes/],
  ["a text", (place) => writeFileSync(place, "hello, this is text"), /no whole safetensors file/],
  [
    "a type that is not known",
    (place) => writeSafetensors(place, { w: { dtype: "F8_E4M3", shape: [1], bytes: Uint8Array.of(1) } }),
    /"w" of type F8_E4M3/,
  ],
])("refuses %s", async (_, make, says) => {
  make(at("w"));
  await expect(openWeights(at("w"))).rejects.toThrow(says);
});

it("survives any change of a safetensors file", async () => {
  writeSafetensors(at("w"), { a: f32([2, 1], 1, 2), b: { dtype: "I64", shape: [], bytes: BigInt64Array.of(3n) } });
  const good = readFileSync(at("w"));
  const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(edits, fc.nat(good.length), async (changes, length) => {
      const file = Buffer.from(good);
      for (const [place, value] of changes) file[place] = value;
      try {
        for (const bytes of [file, file.subarray(0, length)])
          for (const source of (await safetensorsWeights(memoryBytes("w", bytes))).values()) await source.read();
      } catch (error) {
        expect((error as { code?: unknown }).code, String(error)).toBe("L3M_WEIGHTS");
      }
    }),
    { numRuns: 300 },
  );
});
