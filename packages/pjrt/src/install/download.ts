/** Downloads one file: goes on where an earlier attempt broke off, retries passing failures, and checks the hash. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { isL3mError, L3mError } from "@l3m/errors";
import { type OnProgress, progressMeter } from "./progress.ts";
import type { FetchTarget } from "./simple-index.ts";

export interface DownloadOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Pauses between attempts in ms; their number is the number of retries. Default 0.5, 1, 2 and 4 seconds. */
  readonly retryPausesMs?: readonly number[] | undefined;
}

/** The facts that a download must match. */
export interface ExpectedFile {
  readonly filename: string;
  readonly sha256: string;
  readonly bytes: number;
}

const RETRY_PAUSES_MS = [500, 1000, 2000, 4000];
const STALL_MS = 60_000;

/**
 * Downloads into `folder` and returns the file's path. A partial download is kept as `<filename>.part`.
 *
 * @param locate asked anew for every attempt, since an index may hand out short-lived addresses
 * @throws L3M_DOWNLOAD when no attempt got through, L3M_CHECKSUM when the bytes are not the expected ones (they are removed)
 */
export async function download(
  file: ExpectedFile,
  folder: string,
  locate: () => Promise<FetchTarget>,
  options: DownloadOptions = {},
): Promise<string> {
  const target = path.join(folder, file.filename);
  const part = `${target}.part`;
  await mkdir(folder, { recursive: true });
  if ((await sizeOf(target)) === file.bytes) {
    await verify(target, file, options.onProgress);
    return target;
  }
  const pauses = options.retryPausesMs ?? RETRY_PAUSES_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchRest(await locate(), part, file, options);
      break;
    } catch (error) {
      options.signal?.throwIfAborted();
      const wait = pauses[attempt];
      if (wait === undefined || isFinal(error)) throw asDownloadError(error, file, part);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  await verify(part, file, options.onProgress);
  await rename(part, target);
  return target;
}

/** Checks size and hash; a wrong file is removed, so that the next attempt starts afresh. */
export async function verify(path: string, file: ExpectedFile, onProgress?: OnProgress): Promise<void> {
  const hash = createHash("sha256");
  const report = progressMeter("verify", file.filename, file.bytes, onProgress);
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk);
    report((bytes += chunk.length));
  }
  const sha256 = hash.digest("hex");
  if (sha256 === file.sha256) return;
  await rm(path, { force: true });
  throw new L3mError("L3M_CHECKSUM", {
    message: `${file.filename} is not the file that the lock names; it was removed`,
    where: { file: path },
    expected: `sha256 ${file.sha256} (${file.bytes} bytes)`,
    got: `sha256 ${sha256} (${bytes} bytes)`,
    fix: "Try again; if it stays wrong, the index or a proxy changes files: use another one (PIP_INDEX_URL).",
  });
}

/** Appends what is missing to the partial file. */
async function fetchRest(
  target: FetchTarget,
  part: string,
  file: ExpectedFile,
  options: DownloadOptions,
): Promise<void> {
  let have = await sizeOf(part);
  if (have > file.bytes) {
    await rm(part);
    have = 0;
  }
  if (have === file.bytes) return;
  const stall = new AbortController();
  const signal = options.signal === undefined ? stall.signal : AbortSignal.any([options.signal, stall.signal]);
  const response = await fetch(target.url, {
    headers: { ...target.headers, ...(have > 0 && { range: `bytes=${have}-` }) },
    signal,
  });
  if (!response.ok || response.body === null) {
    throw new TransferFailure(`HTTP ${response.status} ${response.statusText} from ${target.url}`, response.status);
  }
  if (response.status !== 206) have = 0; // the server sends the whole file
  const output = await open(part, have > 0 ? "a" : "w");
  const report = progressMeter("download", file.filename, file.bytes, options.onProgress);
  let timer: NodeJS.Timeout | undefined;
  try {
    report(have);
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(new TransferFailure("no data for a minute")), STALL_MS);
      await output.writeFile(chunk);
      report((have += chunk.length));
    }
  } finally {
    clearTimeout(timer);
    await output.close();
  }
  if (have < file.bytes) throw new TransferFailure(`the connection closed after ${have} of ${file.bytes} bytes`);
}

/** An attempt that did not bring the whole file; {@link download} decides whether to try again. */
class TransferFailure extends Error {
  /** Of HTTP, when the server answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** Another attempt may help after an error of the server, or when it asks for patience. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

/** True for what another attempt would not change: the server refuses, our disk does not take the bytes, or the file is not listed. */
function isFinal(error: unknown): boolean {
  if (isL3mError(error)) {
    const status = error.details.data?.["status"];
    return typeof status !== "number" || !isPassing(status);
  }
  if (error instanceof TransferFailure) return error.status !== undefined && !isPassing(error.status);
  return isSystemError(error) && ["ENOSPC", "EACCES", "EROFS", "EDQUOT"].includes(error.code);
}

function asDownloadError(error: unknown, file: ExpectedFile, part: string): L3mError {
  if (isL3mError(error)) return error;
  if (isSystemError(error) && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
    return new L3mError("L3M_DISK_FULL", {
      message: `no room for ${file.filename}`,
      where: { file: part },
      fix: "Free some space, or set L3M_CACHE_DIR to another disk; the download goes on where it stopped.",
      cause: error,
    });
  }
  return new L3mError("L3M_DOWNLOAD", {
    message: `cannot download ${file.filename}`,
    where: { file: part },
    expected: `${file.bytes} bytes from the package index`,
    got: reason(error),
    fix: [
      "Check the network and try again (it goes on where it stopped); or set PIP_INDEX_URL to a mirror;",
      "or copy the wheel from another machine and install that file (l3m engine install NAME --wheel FILE);",
      "or set L3M_PJRT_PLUGIN to a PJRT plugin that you have.",
    ].join(" "),
    data: { status: error instanceof TransferFailure ? error.status : undefined },
    cause: error,
  });
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error
    ? `${error.message}: ${cause.message || ("code" in cause ? String(cause.code) : cause.name)}`
    : error.message;
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
