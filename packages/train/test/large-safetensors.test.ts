/** Files beyond 4 GiB and tensors beyond 2 GiB. The files are sparse: made at once, and no disk is needed. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PIECE_BYTES, piecesOf } from "../src/checkpoint/pieces.ts";
import { openSafetensors } from "../src/index.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "l3m-large-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const GIB = 2 ** 30;

/** A file with this header and `dataBytes` of zeros, but for these bytes at their positions in the data. */
function sparse(header: object, dataBytes: number, bytes: ReadonlyMap<number, Uint8Array>): string {
  const file = path.join(folder, "sparse.safetensors");
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const descriptor = openSync(file, "w");
  writeSync(descriptor, Buffer.concat([length, json]));
  ftruncateSync(descriptor, 8 + json.length + dataBytes);
  for (const [at, values] of bytes) writeSync(descriptor, values, 0, values.length, 8 + json.length + at);
  closeSync(descriptor);
  return file;
}

it("reads at positions beyond 2^31 and 2^32, aligned or not", async () => {
  const [b, d] = [2 * GIB + 5, 4 * GIB + 3];
  const header = {
    a: { dtype: "U8", shape: [b], data_offsets: [0, b] },
    b: { dtype: "F32", shape: [2], data_offsets: [b, b + 8] },
    c: { dtype: "U8", shape: [d - b - 8], data_offsets: [b + 8, d] },
    d: { dtype: "I32", shape: [2], data_offsets: [d, d + 8] },
  };
  const values = [Float32Array.of(1.5, -2), Int32Array.of(7, -8)] as const;
  const [floats, integers] = values.map(({ buffer }) => new Uint8Array(buffer)) as [Uint8Array, Uint8Array];
  const file = sparse(
    header,
    d + 8,
    new Map([
      [b, floats],
      [d, integers],
    ]),
  );
  const tensors = await openSafetensors(file);
  expect([...tensors.keys()]).toEqual(["a", "b", "c", "d"]);
  expect(await tensors.get("b")?.read()).toEqual(values[0]);
  expect(await tensors.get("d")?.read()).toEqual(values[1]);
});

it("reads a tensor of more than 2 GiB whole", async () => {
  const size = 2 * GIB + 12;
  const header = { w: { dtype: "F32", shape: [size / 4], data_offsets: [0, size] } };
  const last = new Uint8Array(Float32Array.of(3, 4).buffer);
  const file = sparse(header, size, new Map([[size - 8, last]]));
  const data = await (await openSafetensors(file)).get("w")?.read();
  expect(data?.length).toBe(size / 4);
  expect(data?.subarray(-3)).toEqual(Float32Array.of(0, 3, 4));
});

it("cuts an array of more than 2 GiB into pieces that cover it", () => {
  const array = new Float32Array(GIB / 2 + 3).subarray(1);
  let covered = 0;
  for (const piece of piecesOf(array)) {
    expect(piece.byteOffset).toBe(4 + covered);
    expect(piece.length).toBeLessThanOrEqual(PIECE_BYTES);
    covered += piece.length;
  }
  expect(covered).toBe(array.byteLength);
});

it.each([
  ["no header", Buffer.alloc(3), "3 bytes"],
  ["a header that is too long", Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]), "a header of 4294967295 bytes"],
  ["no JSON", Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 123]), "a header that is no JSON object"],
])("refuses a file with %s", async (_, bytes, got) => {
  const file = path.join(folder, "bad.safetensors");
  writeFileSync(file, bytes);
  await expect(openSafetensors(file)).rejects.toThrow(got);
});

it.each([
  [{ dtype: "F32", shape: [2], data_offsets: [0, 4] }, '"w" of 4 bytes for F32[2]'],
  [{ dtype: "F32", shape: [2], data_offsets: [8, 16] }, '"w" at byte 8 after 0 bytes'],
  [{ dtype: "F32", shape: [4], data_offsets: [0, 16] }, "8 bytes of data for tensors of 16"],
  [{ dtype: "F64", shape: [1], data_offsets: [0, 8] }, '"w" of type F64'],
  [null, '"w" of type undefined'],
])("refuses a header with %j", async (w, got) => {
  await expect(openSafetensors(sparse({ w }, 8, new Map()))).rejects.toThrow(got);
});
