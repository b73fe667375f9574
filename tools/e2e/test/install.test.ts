/** `l3m engine install` from a package index on this machine that serves another file, and from one that is not there. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { WHEEL_LOCK } from "@l3m/pjrt";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { theError } from "../printed-error.ts";
import { buildOnce, type Ended, l3m } from "../run-l3m.ts";

let cache: string;
beforeAll(buildOnce, 300_000);
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), "l3m-install-"));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const WHEELS = WHEEL_LOCK.filter(({ engine }) => engine === "cpu").flatMap(({ wheels }) => wheels);

function install(indexUrl: string): Promise<Ended> {
  const env = { L3M_CACHE_DIR: cache, PIP_INDEX_URL: indexUrl, PIP_CONFIG_FILE: "/dev/null", L3M_OFFLINE: undefined };
  return l3m(["engine", "install", "cpu"], { env });
}

/** Engines and downloads that an installation left in the cache. */
function leftovers(): string[] {
  return ["engines", "downloads"].flatMap((folder) => {
    const full = path.join(cache, folder);
    return existsSync(full) ? readdirSync(full, { recursive: true, encoding: "utf8" }) : [];
  });
}

/** Lists the locked wheels, and serves each with its right size and other bytes. */
async function tamperedIndex(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const name = path.basename(request.url ?? "");
    const wheel = WHEELS.find(({ filename }) => filename === name);
    if (wheel !== undefined) {
      response.writeHead(200, { "content-length": wheel.bytes }).end(Buffer.alloc(wheel.bytes, 1));
      return;
    }
    const links = WHEELS.filter(({ project }) => project === name).map(
      ({ filename }) => `<a href="/files/${filename}">${filename}</a>`,
    );
    response.writeHead(links.length > 0 ? 200 : 404, { "content-type": "text/html" }).end(links.join("\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`, server };
}

it("a file with another sha256 is refused, and nothing is kept of it", async () => {
  const { url, server } = await tamperedIndex();
  try {
    const error = theError(await install(url));
    expect(error.code).toBe("L3M_CHECKSUM");
    expect(WHEELS.map(({ sha256 }) => sha256).some((hash) => error.expected.includes(hash))).toBe(true);
    expect(leftovers()).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it("an index that nobody answers for is an error with cures, and nothing is kept", async () => {
  const error = theError(await install("http://127.0.0.1:1099/simple"));
  expect(error.code).toBe("L3M_DOWNLOAD");
  expect(error.fix).toMatch(/PIP_INDEX_URL/);
  expect(leftovers()).toEqual([]);
});
