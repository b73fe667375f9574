/** Files with their SHA-256: computed while they are written, and from the disk when they are read again. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { PIECE_BYTES, piecesOf } from "./pieces.ts";

/** What a manifest says of a file. */
export interface FileRecord {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** Writes a new file of these parts, one after the other, and flushes it to the disk. The next part is asked for when the last one is written. */
export async function writeHashed(
  file: string,
  parts: Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>,
): Promise<FileRecord> {
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(file, "wx");
  try {
    for await (const part of parts) {
      for (const piece of piecesOf(part)) {
        const written = writeAll(handle, piece);
        hash.update(piece); // meanwhile
        await written;
        bytes += piece.length;
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** SHA-256 of a file of any size, in hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) hash.update(piece as Buffer);
  return hash.digest("hex");
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length;)
    done += (await handle.write(piece, done, piece.length - done, null)).bytesWritten;
}
