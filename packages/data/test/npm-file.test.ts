/** A file of a published package, through npm itself, from a registry on this machine. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { npmFile } from "../src/index.ts";

const FILE = "npm:@loopback/words@1.2.3/data/words.txt";
const LONG = `${"deep/".repeat(24)}far.txt`; // needs the prefix field of a tar header

let root: string;
let server: Server;
let integrity: string;
let requests: string[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "l3m-npm-file-"));
  const source = join(root, "source");
  mkdirSync(join(source, "data"), { recursive: true });
  mkdirSync(join(source, LONG, ".."), { recursive: true });
  writeFileSync(
    join(source, "package.json"),
    JSON.stringify({ name: "@loopback/words", version: "1.2.3", scripts: { install: "exit 1", prepare: "exit 1" } }),
  );
  writeFileSync(join(source, "data/words.txt"), "call me Ishmael\n".repeat(1000));
  writeFileSync(join(source, LONG), "far");
  await promisify(execFile)("npm", ["pack", "--ignore-scripts", "--pack-destination", root], { cwd: source });
  const archive = readFileSync(join(root, "loopback-words-1.2.3.tgz"));
  integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const { port } = server.address() as AddressInfo;
    if (request.url?.endsWith(".tgz") === true) return response.end(archive);
    if (request.url?.includes("words") !== true) return response.writeHead(404).end("{}");
    const dist = { tarball: `http://127.0.0.1:${port}/words-1.2.3.tgz`, integrity };
    return response.end(
      JSON.stringify({
        name: "@loopback/words",
        versions: { "1.2.3": { name: "@loopback/words", version: "1.2.3", dist } },
      }),
    );
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
});

beforeEach(() => {
  requests = [];
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("npm_config_registry", `http://127.0.0.1:${port}/`);
  vi.stubEnv("npm_config_cache", mkdtempSync(join(root, "npm-")));
  vi.stubEnv("npm_config_fetch_retries", "0");
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(root, { recursive: true });
});

describe("a file of a package", () => {
  it("is fetched once and kept", async () => {
    const cache = join(root, "cache");
    const path = await npmFile({ file: FILE, integrity }, cache);
    expect(readFileSync(path, "utf8")).toBe("call me Ishmael\n".repeat(1000));
    const before = requests.length;
    expect(await npmFile({ file: FILE, integrity }, cache)).toBe(path);
    expect(requests).toHaveLength(before);
    expect(readdirSync(join(path, "../.."))).toEqual(["data"]);
  });

  it("may lie deep in it", async () => {
    const path = await npmFile({ file: `npm:@loopback/words@1.2.3/${LONG}`, integrity }, join(root, "deep"));
    expect(readFileSync(path, "utf8")).toBe("far");
  });

  it("of other content is refused, and nothing is left behind", async () => {
    const wrong = `sha512-${Buffer.alloc(64).toString("base64")}`;
    const cache = join(root, "wrong");
    await expect(npmFile({ file: FILE, integrity: wrong }, cache)).rejects.toMatchObject({ code: "L3M_CHECKSUM" });
    expect(readdirSync(join(cache, "npm-files"))).toEqual([]);
  });

  it("that the package lacks is named", async () => {
    const file = "npm:@loopback/words@1.2.3/data/none.txt";
    await expect(npmFile({ file, integrity }, join(root, "none"))).rejects.toThrowError(
      /L3M_DATA_NOT_FOUND.*[\s\S]*none\.txt/,
    );
  });

  it("of a package that cannot be fetched says what to do", async () => {
    const file = "npm:not-there@1.0.0/a.txt";
    await expect(npmFile({ file, integrity }, join(root, "gone"))).rejects.toThrowError(
      /L3M_DOWNLOAD[\s\S]*npm pack not-there@1\.0\.0/,
    );
    vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/");
    await expect(npmFile({ file: FILE, integrity }, join(root, "off"))).rejects.toMatchObject({ code: "L3M_DOWNLOAD" });
  });

  it("is not fetched when the network is forbidden", async () => {
    vi.stubEnv("L3M_OFFLINE", "1");
    await expect(npmFile({ file: FILE, integrity }, join(root, "offline"))).rejects.toMatchObject({
      code: "L3M_DOWNLOAD",
    });
    expect(requests).toEqual([]);
  });

  it.each(["npm:words", "npm:words@latest/a.txt", "npm:words@1.0.0/../../a", "npm:a;b@1.0.0/x"])(
    "must be named exactly: %s",
    async (file) => {
      await expect(npmFile({ file, integrity }, root)).rejects.toMatchObject({ code: "L3M_BAD_OPTION" });
      expect(existsSync(join(root, "npm-files"))).toBe(false);
    },
  );
});
