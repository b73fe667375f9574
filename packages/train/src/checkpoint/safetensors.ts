/** Safetensors files of any size: written from tensors that are read one by one, opened without reading any. */
import { type FileHandle, open } from "node:fs/promises";
import { invariant } from "@l3m/errors";
import { damaged } from "./damaged.ts";
import { piecesOf } from "./pieces.ts";
import { encodeHeader, MAX_HEADER_BYTES, parseHeader } from "./safetensors-header.ts";
import { ARRAYS, formatType, sizeOf, type TensorData, type TensorSource, WIDTHS } from "./tensor-source.ts";

/** The parts of a file with these tensors in order. Each tensor is read when the part before it was taken, and not kept. */
export async function* safetensorsParts(tensors: ReadonlyMap<string, TensorSource>): AsyncGenerator<ArrayBufferView> {
  yield encodeHeader(tensors, WIDTHS);
  for (const [name, tensor] of tensors) {
    const data = await tensor.read();
    const fits = data instanceof ARRAYS[tensor.dtype] && data.length === sizeOf(tensor);
    invariant(fits, `"${name}" is not ${formatType(tensor)} on the host`);
    yield data;
  }
}

/** The tensors of a file, in the order of their data. @throws L3M_CHECKPOINT when it is no whole safetensors file */
export async function openSafetensors(file: string): Promise<ReadonlyMap<string, TensorSource>> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bad = (got: string): Error => damaged(file, "The file is no whole safetensors file.", { got });
    if (size < 8) throw bad(`${size} bytes`);
    const length = Buffer.alloc(8);
    await readInto(handle, file, length, 0);
    const headerBytes = Number(length.readBigUInt64LE());
    if (headerBytes > Math.min(size - 8, MAX_HEADER_BYTES))
      throw bad(`a header of ${headerBytes} bytes in a file of ${size}`);
    const header = Buffer.alloc(headerBytes);
    await readInto(handle, file, header, 8);
    const data = 8 + headerBytes;
    const entries = parseHeader(header.toString(), size - data, WIDTHS);
    if (typeof entries === "string") throw bad(entries);
    return new Map(
      [...entries].map(([name, { dtype, shape, begin }]) => {
        const values = (): TensorData => new ARRAYS[dtype](sizeOf({ shape }));
        return [name, { dtype, shape, read: () => readAt(file, data + begin, values()) }];
      }),
    );
  } finally {
    await handle.close();
  }
}

async function readAt(file: string, position: number, into: TensorData): Promise<TensorData> {
  const handle = await open(file);
  try {
    await readInto(handle, file, into, position);
    return into;
  } finally {
    await handle.close();
  }
}

/** Fills an array from `position` on, which may lie beyond 2^32. */
async function readInto(handle: FileHandle, file: string, into: ArrayBufferView, position: number): Promise<void> {
  let at = position;
  for (const piece of piecesOf(into)) {
    for (let done = 0; done < piece.length;) {
      const { bytesRead } = await handle.read(piece, done, piece.length - done, at);
      if (bytesRead === 0) throw damaged(file, "The file was cut while it was read.", { got: `its end at byte ${at}` });
      done += bytesRead;
      at += bytesRead;
    }
  }
}
