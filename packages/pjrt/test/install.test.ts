/** The installer against an index on this machine, with a small wheel. */
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isL3mError } from "@l3m/errors";
import { type InstallOptions, installEngine, type InstallProgress, type LockedEngine } from "@l3m/pjrt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IndexServer, indexServer, type Misbehave } from "./index-server.ts";
import { zipFile } from "./zip-file.ts";

const PROJECT = "fake-plugin";
const FILENAME = "fake_plugin-1.0-py3-none-any.whl";
const PLUGIN = randomBytes(300_000);
const WHEEL = zipFile([
  { name: "fake_plugin/plugin.so", data: PLUGIN },
  { name: "fake_plugin/bin/ptxas", data: Buffer.from("#!/bin/sh\n"), executable: true },
]);

const locked: LockedEngine = {
  engine: "cpu",
  project: PROJECT,
  version: "1.0",
  arch: "x64",
  plugin: "fake_plugin/plugin.so",
  wheels: [
    {
      project: PROJECT,
      version: "1.0",
      filename: FILENAME,
      sha256: createHash("sha256").update(WHEEL).digest("hex"),
      bytes: WHEEL.length,
    },
  ],
};

let cacheDir: string;
let server: IndexServer | undefined;
beforeEach(() => {
  cacheDir = mkdtempSync(path.join(tmpdir(), "l3m-cache-"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(cacheDir, { recursive: true });
});

async function install(
  options: Partial<InstallOptions> & {
    misbehave?: Misbehave;
    html?: boolean;
    ranges?: boolean;
    user?: string;
    body?: Buffer;
  } = {},
): Promise<string> {
  const { misbehave, html, ranges, user, body, ...rest } = options;
  server ??= await indexServer({
    project: PROJECT,
    filename: FILENAME,
    body: body ?? WHEEL,
    ...(misbehave && { misbehave }),
    ...(html && { html }),
    ...(ranges === false && { ranges }),
    ...(user && { user }),
  });
  return (
    await installEngine("cpu", {
      cacheDir,
      indexUrl: server.url,
      lock: [locked],
      retryPausesMs: [1, 1],
      offline: false,
      ...rest,
    })
  ).path;
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isL3mError(error)) return error.message;
    throw error;
  }
  return "no failure";
}

/** Closes the connection after `bytes` of the body, once. */
const breakAfter =
  (bytes: number): Misbehave =>
  (_request, response, body, attempt) => {
    if (attempt > 0) return false;
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
    return true;
  };

const unfinished = (): string[] =>
  readdirSync(path.join(cacheDir, "engines")).filter((name) => name.includes("unfinished") || name.endsWith(".lock"));

describe("installEngine", () => {
  it("downloads, checks and unpacks, with progress, and keeps the executable bit", async () => {
    const progress: InstallProgress[] = [];
    const plugin = await install({ onProgress: (report) => progress.push(report) });
    expect(readFileSync(plugin).equals(PLUGIN)).toBe(true);
    expect(statSync(path.join(path.dirname(plugin), "bin/ptxas")).mode & 0o111).not.toBe(0);
    expect(statSync(plugin).mode & 0o111).toBe(0);
    expect([...new Set(progress.map((report) => report.phase))]).toEqual(["download", "verify", "unpack"]);
    const last = progress.findLast((report) => report.phase === "download");
    expect(last).toMatchObject({ file: FILENAME, bytes: WHEEL.length, totalBytes: WHEEL.length });
    expect(readdirSync(path.join(cacheDir, "downloads"))).toEqual([]);
    expect(unfinished()).toEqual([]);
    const asked = server?.requests.length;
    expect(await install()).toBe(plugin); // a second time asks nobody
    expect(server?.requests.length).toBe(asked);
  });

  it("reads an HTML index", async () => {
    expect(existsSync(await install({ html: true }))).toBe(true);
  });

  it("sends the credentials of the index address in a header", async () => {
    expect(existsSync(await install({ user: "me:secret" }))).toBe(true);
    expect(server?.requests).toEqual([`/simple/${PROJECT}/`, `/files/${FILENAME}`]);
  });

  it("goes on where a broken transfer stopped", async () => {
    expect(existsSync(await install({ misbehave: breakAfter(100_000) }))).toBe(true);
    expect(server?.requests.filter((request) => request.startsWith("/files"))).toEqual([
      `/files/${FILENAME}`,
      `/files/${FILENAME} bytes=100000-`,
    ]);
  });

  it("goes on in a later run, also after it was given up", async () => {
    expect(await failure(install({ misbehave: breakAfter(50_000), retryPausesMs: [] }))).toMatch(
      /L3M_DOWNLOAD[\s\S]*PIP_INDEX_URL[\s\S]*L3M_PJRT_PLUGIN/,
    );
    expect(statSync(path.join(cacheDir, "downloads", `${FILENAME}.part`)).size).toBe(50_000);
    expect(existsSync(await install())).toBe(true);
    expect(server?.requests.at(-1)).toBe(`/files/${FILENAME} bytes=50000-`);
  });

  it("starts afresh when the server ignores the range", async () => {
    expect(existsSync(await install({ ranges: false, misbehave: breakAfter(50_000) }))).toBe(true);
  });

  it("tries again after a server error, but not after a refusal", async () => {
    const flaky: Misbehave = (_request, response, _body, attempt) =>
      attempt === 0 && Boolean(response.writeHead(503).end());
    expect(existsSync(await install({ misbehave: flaky }))).toBe(true);
    await server?.close();
    server = undefined;
    rmSync(path.join(cacheDir, "engines"), { recursive: true });
    expect(
      await failure(install({ misbehave: (_request, response) => Boolean(response.writeHead(403).end()) })),
    ).toContain("HTTP 403");
  });

  it("refuses a file with another hash and removes it", async () => {
    const wrong = Buffer.from(WHEEL);
    wrong[1000] = (wrong[1000] ?? 0) ^ 1;
    expect(await failure(install({ body: wrong }))).toMatch(/L3M_CHECKSUM[\s\S]*expected: sha256/);
    expect(readdirSync(path.join(cacheDir, "downloads"))).toEqual([]);
    expect(unfinished()).toEqual([]);
    expect(readdirSync(path.join(cacheDir, "engines"))).toEqual([]);
  });

  it("falls back to the next entry when the index does not have the first", async () => {
    const absent: LockedEngine = {
      ...locked,
      project: "absent",
      wheels: [{ project: "absent", version: "1.0", filename: "absent.whl", sha256: "00", bytes: 1 }],
    };
    expect(await install({ lock: [absent, locked] })).toContain("fake-plugin");
    rmSync(path.join(cacheDir, "engines"), { recursive: true });
    expect(await failure(install({ lock: [absent] }))).toMatch(/does not have absent[\s\S]*404/);
  });

  it("says what to do without a network, and takes a wheel that was carried there", async () => {
    expect(await failure(install({ offline: true }))).toMatch(/L3M_DOWNLOAD[\s\S]*L3M_OFFLINE[\s\S]*--wheel/);
    expect(await failure(install({ indexUrl: "http://127.0.0.1:9/simple" }))).toMatch(/L3M_DOWNLOAD[\s\S]*mirror/);
    const wheel = path.join(cacheDir, FILENAME);
    writeFileSync(wheel, WHEEL);
    expect(existsSync(await install({ offline: true, wheels: [wheel] }))).toBe(true);
    expect(existsSync(wheel)).toBe(true); // the user's file stays
    expect(server?.requests).toEqual([]);
  });

  it("never shows a half-installed engine", async () => {
    const truncated: LockedEngine = {
      ...locked,
      wheels: locked.wheels.map((wheel) => ({
        ...wheel,
        bytes: 1000,
        sha256: createHash("sha256").update(WHEEL.subarray(0, 1000)).digest("hex"),
      })),
    };
    expect(await failure(install({ body: WHEEL.subarray(0, 1000), lock: [truncated] }))).toMatch(/cannot be unpacked/);
    expect(readdirSync(path.join(cacheDir, "engines"))).toEqual([]);
    await server?.close();
    server = undefined;
    rmSync(path.join(cacheDir, "downloads"), { recursive: true });
    mkdirSync(path.join(cacheDir, "engines", "cpu-fake-plugin-1.0-x64.1.unfinished")); // of a process that was killed
    await install();
    expect(unfinished()).toEqual([]); // and the leftovers are swept
  });

  it("is done once when two ask at the same time", async () => {
    server = await indexServer({ project: PROJECT, filename: FILENAME, body: WHEEL });
    const [first, second] = await Promise.all([install(), install()]);
    expect(second).toBe(first);
    expect(server.requests.filter((request) => request.startsWith("/files"))).toHaveLength(1);
  });

  it("takes over from a process that died", async () => {
    await install();
    rmSync(path.join(cacheDir, "engines", "cpu-fake-plugin-1.0-x64"), { recursive: true });
    writeFileSync(path.join(cacheDir, "engines", "cpu-fake-plugin-1.0-x64.lock"), "4194305"); // beyond the largest process id
    expect(existsSync(await install())).toBe(true);
  });

  it("stops when it is told to", async () => {
    const abort = new AbortController();
    const slow: Misbehave = (_request, response, body) => {
      response.writeHead(200, { "content-length": body.length });
      response.write(body.subarray(0, 1000), () => abort.abort(new Error("told to")));
      return true;
    };
    await expect(install({ misbehave: slow, signal: abort.signal })).rejects.toThrow("told to");
  });
});

describe("an engine of several wheels", () => {
  const second = {
    project: "fake-library",
    filename: "fake_library-2.0-py3-none-any.whl",
    body: zipFile([{ name: "nvidia/cu13/lib/libfake.so.13", data: randomBytes(50_000) }]),
  };
  const both: LockedEngine = {
    ...locked,
    wheels: [
      ...locked.wheels,
      {
        project: second.project,
        version: "2.0",
        filename: second.filename,
        sha256: createHash("sha256").update(second.body).digest("hex"),
        bytes: second.body.length,
      },
    ],
  };

  it("says its size first, keeps whole wheels of a broken attempt, and unpacks all into one folder", async () => {
    const plans: unknown[] = [];
    const onPlan: NonNullable<InstallOptions["onPlan"]> = (plan) => plans.push(plan);
    // the index lacks the second wheel at first
    expect(await failure(install({ lock: [both], onPlan }))).toMatch(/does not have fake-library/);
    const bytes = WHEEL.length + second.body.length;
    const facts = { project: PROJECT, version: "1.0", wheels: 2, bytes };
    expect(plans).toEqual([{ ...facts, bytesThere: 0 }]);
    await server?.close();
    server = await indexServer({ project: PROJECT, filename: FILENAME, body: WHEEL, others: [second] });
    const plugin = await install({ lock: [both], onPlan });
    expect(plans[1]).toEqual({ ...facts, bytesThere: WHEEL.length });
    expect(server.requests.filter((request) => request.startsWith("/files"))).toEqual([`/files/${second.filename}`]);
    expect(existsSync(path.join(plugin, "../../nvidia/cu13/lib/libfake.so.13"))).toBe(true);
    await install({ lock: [both], onPlan });
    expect(plans).toHaveLength(2); // nothing to do: no plan
  });
});
