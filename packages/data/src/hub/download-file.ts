/** One file of a hub repository to the disk, checked. */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { L3mError } from "@l3m/errors";
import { askHub, isUnreachable, reasonOf, unreachable } from "./hub-client.ts";

const ATTEMPTS = 4;

/** What the hub says of a file. */
export interface ExpectedFile {
  readonly size: number;
  /** Null where the hub gives none. */
  readonly sha256: string | null;
}

interface Received {
  bytes: number;
  hash: Hash;
}

/**
 * Downloads `url` to `target`; a transfer that breaks goes on where it stopped, up to three times.
 *
 * @param progress called with the bytes received so far
 * @throws L3M_DOWNLOAD, L3M_DATA_NOT_FOUND; L3M_CHECKSUM when size or hash differ from what is expected
 */
export async function downloadFile(
  url: string,
  target: string,
  expected: ExpectedFile,
  progress: (bytes: number) => void,
): Promise<void> {
  const received: Received = { bytes: 0, hash: createHash("sha256") };
  const file = await open(target, "w");
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await transfer(url, file, received, progress);
        break;
      } catch (error) {
        if (attempt === ATTEMPTS || !isUnreachable(error)) throw error;
      }
    }
  } finally {
    await file.close();
  }
  const sha256 = received.hash.digest("hex");
  if (received.bytes === expected.size && (expected.sha256 === null || expected.sha256 === sha256)) return;
  throw new L3mError("L3M_CHECKSUM", {
    message: "A downloaded file is not the one that the hub lists.",
    where: { file: url },
    expected: `${expected.size} bytes${expected.sha256 === null ? "" : ` with sha256 ${expected.sha256}`}`,
    got: `${received.bytes} bytes with sha256 ${sha256}`,
    fix: "Try again; if it stays, the mirror or a proxy changes files.",
  });
}

async function transfer(
  url: string,
  file: FileHandle,
  received: Received,
  progress: (bytes: number) => void,
): Promise<void> {
  const response = await askHub(url, received.bytes === 0 ? {} : { range: `bytes=${received.bytes}-` });
  if (received.bytes > 0 && response.status !== 206) {
    received.bytes = 0; // the server sends all of it again
    received.hash = createHash("sha256");
  }
  try {
    for await (const piece of response.body ?? []) {
      await file.write(piece, 0, piece.length, received.bytes);
      received.bytes += piece.length;
      received.hash.update(piece);
      progress(received.bytes);
    }
  } catch (cause) {
    if (cause instanceof Error && "syscall" in cause && cause.syscall === "write") throw cause; // the disk, not the network
    throw unreachable(url, reasonOf(cause), cause);
  }
}
