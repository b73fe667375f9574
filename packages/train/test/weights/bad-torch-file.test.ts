/** PyTorch files that are damaged, made to harm, or simply of another kind: always an error that says so, never anything else. */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryBytes } from "../../src/weights/bytes-at.ts";
import { openTorch } from "../../src/weights/open-weights.ts";
import { archive, floats, op, pickleOf, tensor, zip } from "./torch-archive.ts";

/** Reads every tensor. */
async function readAll(file: Uint8Array): Promise<Record<string, number[]>> {
  const { weights } = await openTorch(memoryBytes("test.pth", file));
  const read: Record<string, number[]> = {};
  for (const [name, source] of weights) read[name] = [...(await source.read())];
  return read;
}

const W = tensor({ length: 4, size: [2, 2], stride: [2, 1] });
const STORAGE = { "0": floats(1, 2, 3, 4) };

it("reads what the helper writes", async () => {
  expect(await readAll(archive(pickleOf({ w: W }), STORAGE))).toEqual({ w: [1, 2, 3, 4] });
  const transposed = tensor({ length: 4, size: [2, 2], stride: [1, 2] });
  const column = tensor({ length: 4, offset: 1, size: [2], stride: [2] });
  const dicts = pickleOf({ model: Buffer.concat([pickleOf({ t: transposed, c: column }).subarray(2, -1)]) });
  expect(await readAll(archive(dicts, STORAGE))).toEqual({ t: [1, 3, 2, 4], c: [2, 4] });
});

const huge = 2n ** 62n;

it.each<[string, Buffer, RegExp]>([
  [
    "a function call",
    archive(
      pickleOf({
        w: W,
        x: Buffer.concat([op.global("posix", "system"), op.text("touch x"), Buffer.from([0x85]), op.reduce]),
      }),
      STORAGE,
    ),
    /Python name "posix\.system"/,
  ],
  ["eval", archive(pickleOf({ x: op.global("builtins", "eval") })), /Python name "builtins\.eval"/],
  [
    "an inner attribute",
    archive(pickleOf({ x: op.global("torch._utils", "_rebuild_tensor_v2.__globals__") })),
    /Python name "torch\._utils\._rebuild_tensor_v2\.__globals__"/,
  ],
  [
    "another instruction",
    archive(Buffer.concat([op.proto, Buffer.from("(iposix\nsystem\n.")])),
    /instruction INST \(0x69\) at byte 4/,
  ],
  ["a newer protocol", archive(Buffer.from([0x80, 4, 0x2e])), /a pickle of protocol 4/],
  [
    "a call of a storage",
    archive(pickleOf({ x: Buffer.concat([op.global("torch", "FloatStorage"), op.emptyTuple, op.reduce]) })),
    /a call of torch\.FloatStorage\(\)/,
  ],
  [
    "an unknown storage",
    archive(pickleOf({ x: tensor({ type: "ComplexFloatStorage", length: 1, size: [1], stride: [1] }) })),
    /"torch\.ComplexFloatStorage"/,
  ],
  [
    "a storage that is missing",
    archive(pickleOf({ w: tensor({ key: "7", length: 4, size: [4], stride: [1] }) }), STORAGE),
    /no such storage/,
  ],
  [
    "a storage key that leaves the folder",
    archive(pickleOf({ w: tensor({ key: "../data.pkl", length: 4, size: [4], stride: [1] }) }), STORAGE),
    /no such storage/,
  ],
  [
    "a storage of another size",
    archive(pickleOf({ w: tensor({ length: 8, size: [8], stride: [1] }) }), STORAGE),
    /a storage of 32 bytes\n +got: +16 bytes/,
  ],
  [
    "a tensor beyond its storage",
    archive(pickleOf({ w: tensor({ length: 4, offset: 1, size: [4], stride: [1] }) }), STORAGE),
    /element 4 of 4/,
  ],
  [
    "a stride beyond its storage",
    archive(pickleOf({ w: tensor({ length: 4, size: [2], stride: [2n ** 52n] }) }), STORAGE),
    /element 4503599627370496 of 4/,
  ],
  [
    "elements that share memory",
    archive(pickleOf({ w: tensor({ length: 4, size: [1_000_000, 1_000_000], stride: [0, 0] }) }), STORAGE),
    /share memory/,
  ],
  [
    "rows that overlap",
    archive(pickleOf({ w: tensor({ length: 4, size: [2, 3], stride: [1, 1] }) }), STORAGE),
    /share memory/,
  ],
  [
    "an absurd size",
    archive(pickleOf({ w: tensor({ length: 4, size: [huge], stride: [1] }) }), STORAGE),
    /a call of torch\._utils\._rebuild_tensor_v2/,
  ],
  [
    "a negative size",
    archive(pickleOf({ w: tensor({ length: 4, size: [-1], stride: [1] }) }), STORAGE),
    /a call of torch\._utils\._rebuild_tensor_v2/,
  ],
  [
    "a negative stride",
    archive(pickleOf({ w: tensor({ length: 4, offset: 3, size: [4], stride: [-1] }) }), STORAGE),
    /a call of torch\._utils\._rebuild_tensor_v2/,
  ],
  [
    "a dict that holds itself",
    archive(Buffer.concat([op.proto, op.dict, op.put(0), op.text("model"), op.get(0), op.setItem, op.stop])),
    /inside of itself/,
  ],
  ["a list where a dict is", archive(Buffer.concat([op.proto, Buffer.from("]"), op.stop])), /no state dict/],
  ["no tensors", archive(pickleOf({ epoch: op.int(3) })), /no tensors[^]*a dict with "epoch"/],
  ["an empty stack", archive(Buffer.concat([op.proto, op.stop])), /an instruction without its values/],
  [
    "a value that was never stored",
    archive(Buffer.concat([op.proto, op.get(3), op.stop])),
    /value 3, which was never stored/,
  ],
  ["a program without an end", archive(Buffer.concat([op.proto, op.none])), /cut or damaged/],
  [
    "a text beyond the end",
    archive(Buffer.concat([op.proto, Buffer.from([0x58, 255, 255, 255, 255])])),
    /cut or damaged/,
  ],
  ["no data.pkl", zip({ "archive/model.json": Buffer.from("{}") }), /not written by torch\.save/],
  [
    "a big-endian file",
    zip({ "a/data.pkl": pickleOf({ w: W }), "a/byteorder": Buffer.from("big"), "a/data/0": STORAGE["0"] }),
    /big-endian/,
  ],
  ["a cut file", archive(pickleOf({ w: W }), STORAGE).subarray(0, -30), /no whole zip archive/],
])("refuses %s", async (_, file, says) => {
  const error: unknown = await readAll(file).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "L3M_WEIGHTS" });
  expect((error as Error).message).toMatch(says);
});

it("sees a changed value by its checksum", async () => {
  const file = archive(pickleOf({ w: W }), STORAGE);
  const at = file.indexOf(floats(3));
  file[at] = (file[at] as number) ^ 1;
  await expect(readAll(file)).rejects.toThrow(/"archive\/data\/0" in the archive was changed[^]*CRC-32/);
});

it("refuses a compressed, an encrypted and an overlapping file", async () => {
  const good = archive(pickleOf({ w: W }), STORAGE);
  const directory = good.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const edited = (at: number, value: number): Buffer => {
    const file = Buffer.from(good);
    file.writeUInt16LE(value, directory + at);
    return file;
  };
  await expect(readAll(edited(10, 8))).rejects.toThrow(/compressed \(method 8\)/);
  await expect(readAll(edited(8, 1))).rejects.toThrow(/encrypted/);
  const overlapping = edited(24, good.readUInt16LE(directory + 24) + 40);
  overlapping.writeUInt16LE(good.readUInt16LE(directory + 20) + 40, directory + 20);
  await expect(readAll(overlapping)).rejects.toThrow(/overlaps what follows/);
});

/** Only errors that a user can read: anything else fails the test with what it was. */
async function onlyKnownErrors(file: Uint8Array): Promise<void> {
  const error: unknown = await readAll(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined) expect((error as { code?: unknown }).code, String(error)).toBe("L3M_WEIGHTS");
}

const REAL = readFileSync(path.join(import.meta.dirname, "fixtures", "checkpoint.pth"));
const INSTRUCTIONS = "\x80\x81\x85\x86\x87\x88\x89\x8a(01NKMJGXU])}tlaesuqrhjcRbQd.";

it("survives any change of a real file", async () => {
  const change = fc.array(fc.tuple(fc.nat(REAL.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(change, fc.nat(REAL.length), fc.boolean(), async (edits, length, isCut) => {
      const file = Buffer.from(REAL);
      for (const [at, value] of edits) file[at] = value;
      await onlyKnownErrors(isCut ? file.subarray(0, length) : file);
    }),
    { numRuns: 400 },
  );
});

it("survives any program", async () => {
  const instruction = fc.constantFrom(...INSTRUCTIONS).map((char) => Buffer.from(char, "latin1"));
  const part = fc.oneof(
    { weight: 6, arbitrary: instruction },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 5 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        W,
        op.text("model"),
        op.global("collections", "OrderedDict"),
        op.global("omegaconf.nodes", "AnyNode"),
      ),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 60 }), async (parts) => {
      await onlyKnownErrors(archive(Buffer.concat([op.proto, ...parts, op.stop]), STORAGE));
    }),
    { numRuns: 400 },
  );
});
