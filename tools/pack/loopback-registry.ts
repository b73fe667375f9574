/** A package registry on this machine that serves packed tarballs, as the public one will once they are published. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gunzipSync } from "node:zlib";

export interface LoopbackRegistry {
  readonly url: string;
  close(): void;
}

interface Served {
  readonly name: string;
  readonly tarball: Buffer;
  /** What npm asks for first: the versions of a package, here one. */
  readonly packument: string;
}

/** Serves these `.tgz` files on 127.0.0.1 until it is closed. */
export async function serveTarballs(files: readonly string[]): Promise<LoopbackRegistry> {
  const served = new Map<string, Served>();
  const server = createServer((request, response) => {
    const wanted = decodeURIComponent(request.url ?? "/").slice(1);
    const found = served.get(wanted.replace(/\.tgz$/, ""));
    if (found === undefined) response.writeHead(404).end("{}");
    else response.end(wanted.endsWith(".tgz") ? found.tarball : found.packument);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const file of files) {
    const entry = describe(readFileSync(file), url);
    served.set(entry.name, entry);
  }
  return { url, close: () => void server.close() };
}

function describe(tarball: Buffer, url: string): Served {
  const manifest = JSON.parse(fileInTar(gunzipSync(tarball), "package/package.json")) as {
    name: string;
    version: string;
  };
  const { name, version } = manifest;
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const versions = { [version]: { ...manifest, dist: { tarball: `${url}${name}.tgz`, integrity } } };
  return { name, tarball, packument: JSON.stringify({ name, "dist-tags": { latest: version }, versions }) };
}

/** Text of one file of a tar archive: 512-byte headers with the name at 0 and the octal size at 124. */
function fileInTar(tar: Buffer, wanted: string): string {
  const field = (start: number, length: number): string =>
    tar.toString("latin1", start, start + length).split("\0")[0] ?? "";
  for (let at = 0; at + 512 <= tar.length;) {
    const size = Number.parseInt(field(at + 124, 12), 8) || 0;
    if (path.posix.normalize(field(at, 100)) === wanted) return tar.toString("utf8", at + 512, at + 512 + size);
    at += 512 * (1 + Math.ceil(size / 512));
  }
  throw new Error(`the tarball has no ${wanted}`);
}
