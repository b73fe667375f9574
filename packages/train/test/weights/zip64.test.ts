/** Archives beyond 4 GiB, whose places are 64-bit numbers. The file is sparse: made at once, and no disk is needed. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openWeights } from "../../src/weights/open-weights.ts";
import { floats, pickleOf, tensor } from "./torch-archive.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "l3m-zip64-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FULL = 0xffffffff;

function records(fields: readonly (readonly [size: 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([size, value]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      return bytes.subarray(0, size);
    }),
  );
}

const pickle = pickleOf({ w: tensor({ length: 2, size: [2], stride: [1] }) });
const entries = [
  { name: "a/data.pkl", contents: pickle, at: 0 },
  { name: "a/data/0", contents: Buffer.from(floats(1.5, -2)), at: 5_000_000_003 },
];

it("reads a tensor beyond 4 GiB", async () => {
  const file = path.join(folder, "large.pth");
  const descriptor = openSync(file, "w");
  const put = (bytes: Buffer, at: number): number => at + writeSync(descriptor, bytes, 0, bytes.length, at);
  let at = 0;
  for (const { name, contents, at: place } of entries) {
    const local = records([
      [4, 0x04034b50],
      [2, 45],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, crc32(contents)],
      [4, FULL],
      [4, FULL],
      [2, name.length],
      [2, 20],
    ]);
    const wide = records([
      [2, 1],
      [2, 16],
      [8, contents.length],
      [8, contents.length],
    ]);
    at = put(Buffer.concat([local, Buffer.from(name), wide, contents]), place);
  }
  const start = at;
  for (const { name, contents, at: place } of entries) {
    const central = records([
      ...([
        [4, 0x02014b50],
        [2, 45],
        [2, 45],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, crc32(contents)],
        [4, FULL],
        [4, FULL],
      ] as const),
      ...([
        [2, name.length],
        [2, 28],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, FULL],
      ] as const),
    ]);
    const wide = records([
      [2, 1],
      [2, 24],
      [8, contents.length],
      [8, contents.length],
      [8, place],
    ]);
    at = put(Buffer.concat([central, Buffer.from(name), wide]), at);
  }
  const count = entries.length;
  const end64 = records([
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, at - start],
    [8, start],
  ]);
  const locator = records([
    [4, 0x07064b50],
    [4, 0],
    [8, at],
    [4, 1],
  ]);
  const end = records([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, 0xffff],
    [2, 0xffff],
    [4, FULL],
    [4, FULL],
    [2, 0],
  ]);
  at = put(Buffer.concat([end64, locator, end]), at);
  ftruncateSync(descriptor, at);
  closeSync(descriptor);
  const { weights } = await openWeights(file);
  expect([...((await weights.get("w")?.read()) ?? [])]).toEqual([1.5, -2]);
});
