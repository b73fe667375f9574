/** Exported weights: read back, against rounding by hand, in one file and in shards; nothing is left of a failure. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exportWeights, openWeights } from "../../src/index.ts";
import { bf16ToF32, f32ToBf16 } from "../../src/weights/half-floats.ts";
import { f32, writeSafetensors } from "./safetensors-file.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "l3m-export-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);
const VALUES = {
  a: f32([2, 2], 1, -2.5, 3, 1e-40),
  b: { dtype: "F16", shape: [1], bytes: Uint16Array.of(0x3c00) },
  count: { dtype: "I64", shape: [], bytes: BigInt64Array.of(7n) },
};
const write = (): void => writeSafetensors(at("in.safetensors"), VALUES);

async function read(place: string): Promise<Record<string, unknown[]>> {
  const { weights } = await openWeights(place);
  const values: Record<string, unknown[]> = {};
  for (const [name, { stored, shape, read: values_ }] of weights) values[name] = [stored, shape, ...(await values_())];
  return values;
}

it("writes one file, with progress", async () => {
  write();
  const done: number[] = [];
  const reporter = {
    work: (_: string, bytes: number, total: number) => void done.push(bytes / total),
    warn: () => undefined,
  };
  const result = await exportWeights(at("in.safetensors"), { to: at("out/m.safetensors"), reporter });
  expect(result).toEqual({ source: "safetensors", files: [at("out/m.safetensors")], tensors: 3, bytes: 24 });
  expect(done.at(-1)).toBe(1);
  expect(await read(at("out/m.safetensors"))).toEqual({
    a: ["F32", [2, 2], 1, -2.5, 3, Math.fround(1e-40)],
    b: ["F32", [1], 1],
    count: ["I32", [], 7],
  });
});

it("writes bf16 in shards with an index", async () => {
  write();
  const { files } = await exportWeights(at("in.safetensors"), { to: at("out"), dtype: "bf16", shardBytes: 8 });
  const names = [
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json",
  ];
  expect(files.map((file) => path.basename(file))).toEqual(names);
  expect(readdirSync(at("out")).sort()).toEqual(names);
  expect(await read(at("out"))).toEqual({
    a: ["BF16", [2, 2], 1, -2.5, 3, bf16ToF32(Uint16Array.of(1))[0]],
    b: ["BF16", [1], 1],
    count: ["I32", [], 7],
  });
  const index = JSON.parse(readFileSync(at("out/model.safetensors.index.json"), "utf8")) as unknown;
  expect(index).toMatchObject({ metadata: { total_size: 14 }, weight_map: { a: names[0], count: names[1] } });
});

it("does not replace a file unless it is told to", async () => {
  write();
  writeFileSync(at("out.safetensors"), "old");
  await expect(exportWeights(at("in.safetensors"), { to: at("out.safetensors") })).rejects.toThrow(
    /there already[^]*--overwrite/,
  );
  await exportWeights(at("in.safetensors"), { to: at("out.safetensors"), overwrite: true });
  expect(Object.keys(await read(at("out.safetensors")))).toEqual(["a", "b", "count"]);
});

it("leaves nothing of an export that fails", async () => {
  write();
  const shards = exportWeights(at("in.safetensors"), {
    to: at("out"),
    shardBytes: 8,
    reporter: { work: () => truncateSync(at("in.safetensors"), 60), warn: () => undefined },
  });
  await expect(shards).rejects.toMatchObject({ code: "L3M_WEIGHTS" });
  expect(readdirSync(at("out"))).toEqual([]);
});

it.each([
  [1 + 2 ** -8, 1], // half way: to the even one
  [1 + 3 * 2 ** -8, 1 + 2 ** -6],
  [1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
  [-(1 + 2 ** -8), -1],
  [3.4e38, Infinity],
  [-0, -0],
  [NaN, NaN],
  [Infinity, Infinity],
])("rounds %d to the bfloat16 %d", (value, rounded) => {
  expect(bf16ToF32(f32ToBf16(Float32Array.of(value)))[0]).toBe(rounded);
});

it("rounds to the nearest bfloat16", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 126), max: 2 ** 126 }), (value) => {
      const [bits = 0] = f32ToBf16(Float32Array.of(value));
      const [below = 0, rounded = 0, above = 0] = bf16ToF32(
        Uint16Array.of(bits === 0 || bits === 0x8000 ? bits : bits - 1, bits, bits + 1),
      );
      const error = Math.abs(rounded - value);
      expect(error).toBeLessThanOrEqual(
        Math.min(Math.abs(above - value), bits === 0 || bits === 0x8000 ? Infinity : Math.abs(below - value)),
      );
    }),
  );
});
