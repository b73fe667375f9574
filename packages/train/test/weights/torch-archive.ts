/** Archives of `torch.save` made byte by byte, so that tests can make bad ones. */
import { crc32 } from "node:zlib";

/** A zip archive of stored files, as PyTorch writes it. */
export function zip(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, contents] of Object.entries(files)) {
    const text = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt32LE(crc32(contents), 14);
    local.writeUInt32LE(contents.length, 18);
    local.writeUInt32LE(contents.length, 22);
    local.writeUInt16LE(text.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt32LE(crc32(contents), 16);
    central.writeUInt32LE(contents.length, 20);
    central.writeUInt32LE(contents.length, 24);
    central.writeUInt16LE(text.length, 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, text, Buffer.from(contents));
    directory.push(central, text);
    offset += 30 + text.length + contents.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

/** Instructions of a pickle. */
export const op = {
  proto: Buffer.from([0x80, 2]),
  stop: Buffer.from("."),
  mark: Buffer.from("("),
  none: Buffer.from("N"),
  dict: Buffer.from("}"),
  setItem: Buffer.from("s"),
  emptyTuple: Buffer.from(")"),
  tuple: Buffer.from("t"),
  reduce: Buffer.from("R"),
  build: Buffer.from("b"),
  persistentId: Buffer.from("Q"),
  put: (index: number) => Buffer.from([0x71, index]),
  get: (index: number) => Buffer.from([0x68, index]),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  text(value: string) {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from("X"), length, bytes]);
  },
  /** Any integer of up to 8 bytes. */
  int(value: number | bigint) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return Buffer.concat([Buffer.from([0x8a, 8]), bytes]);
  },
};

export interface TensorSpec {
  readonly type?: string;
  readonly key?: string;
  /** Elements of the storage. */
  readonly length: number | bigint;
  readonly offset?: number | bigint;
  readonly size: readonly (number | bigint)[];
  readonly stride: readonly (number | bigint)[];
}

/** The instructions that leave a tensor on the stack. */
export function tensor({ type = "FloatStorage", key = "0", length, offset = 0, size, stride }: TensorSpec): Buffer {
  const tuple = (values: readonly (number | bigint)[]): Buffer[] => [
    op.mark,
    ...values.map((value) => op.int(value)),
    op.tuple,
  ];
  return Buffer.concat([
    op.global("torch._utils", "_rebuild_tensor_v2"),
    op.mark,
    ...[
      op.mark,
      op.text("storage"),
      op.global("torch", type),
      op.text(key),
      op.text("cpu"),
      op.int(length),
      op.tuple,
      op.persistentId,
    ],
    op.int(offset),
    ...tuple(size),
    ...tuple(stride),
    Buffer.from([0x89]),
    ...[op.global("collections", "OrderedDict"), op.emptyTuple, op.reduce],
    op.tuple,
    op.reduce,
  ]);
}

/** A pickle of a dict. */
export function pickleOf(entries: Readonly<Record<string, Buffer>>): Buffer {
  const items = Object.entries(entries).flatMap(([name, value]) => [op.text(name), value, op.setItem]);
  return Buffer.concat([op.proto, op.dict, ...items, op.stop]);
}

/** An archive with this pickle and storages by key. */
export function archive(pickle: Buffer, storages: Readonly<Record<string, Uint8Array>> = {}): Buffer {
  const data = Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes] as const);
  return zip({ "archive/data.pkl": pickle, "archive/byteorder": Buffer.from("little"), ...Object.fromEntries(data) });
}

/** Bytes of f32 values. */
export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
