/** Bytes that are read in parts, wherever they are: files of any size, or memory. */
import { open } from "node:fs/promises";
import { piecesOf } from "../checkpoint/pieces.ts";
import { badWeights } from "./bad-weights.ts";

export interface BytesAt {
  /** The file, for errors. */
  readonly name: string;
  readonly size: number;
  /** `length` bytes from `position` on, in an array of their own. @throws L3M_WEIGHTS beyond the end, before anything is allocated */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The bytes of a file; it is open only while it is read. */
export async function fileBytes(file: string): Promise<BytesAt> {
  const handle = await open(file);
  const { size } = await handle.stat().finally(() => handle.close());
  return {
    name: file,
    size,
    async read(position, length) {
      requireInside({ name: file, size }, position, length);
      const bytes = new Uint8Array(length);
      const reader = await open(file);
      try {
        let at = position;
        for (const piece of piecesOf(bytes)) {
          for (let done = 0; done < piece.length;) {
            const { bytesRead } = await reader.read(piece, done, piece.length - done, at);
            if (bytesRead === 0)
              throw badWeights(file, "The file was cut while it was read.", { got: `its end at ${at}` });
            done += bytesRead;
            at += bytesRead;
          }
        }
      } finally {
        await reader.close();
      }
      return bytes;
    },
  };
}

/** Bytes in memory. */
export function memoryBytes(name: string, bytes: Uint8Array): BytesAt {
  const { length: size } = bytes;
  return {
    name,
    size,
    async read(position, length) {
      requireInside({ name, size }, position, length);
      return Uint8Array.from(bytes.subarray(position, position + length));
    },
  };
}

function requireInside({ name, size }: Pick<BytesAt, "name" | "size">, position: number, length: number): void {
  if (position >= 0 && length >= 0 && position + length <= size) return;
  throw badWeights(name, "The file is cut, or says that its parts are where they are not.", {
    expected: `bytes ${position} to ${position + length}`,
    got: `${size} bytes`,
  });
}
