/** A CUDA engine from an index on this machine, as separate processes: one is killed while it downloads, the next one finishes. */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LockedEngine } from "@l3m/pjrt";
import { afterAll, expect, it } from "vitest";
import { builtPackage } from "./cpu-plugin.ts";
import { fakeCuda, hasCompiler } from "./fake-cuda.ts";
import { indexServer, type Misbehave } from "./index-server.ts";
import { zipFile } from "./zip-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-install-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A wheel of the files below `site` whose names `wanted` takes, and something that makes it large. */
function wheelOf(site: string, wanted: (member: string) => boolean): Buffer {
  const members = readdirSync(site, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(so(\.\d+)*|bc)$|RECORD$/.test(name) && wanted(name))
    .map((name) => ({ name, data: readFileSync(path.join(site, name)) }));
  return zipFile([...members, { name: "padding", data: randomBytes(200_000) }]);
}

it.skipIf(!hasCompiler)("goes on after a kill, and what it installed loads with its libraries", async () => {
  const site = path.join(folder, "site");
  fakeCuda(site);
  const wheels = [
    { project: "plugin", body: wheelOf(site, (name) => name.startsWith("jax_plugins")) },
    { project: "nvidia", body: wheelOf(site, (name) => name.startsWith("nvidia")) },
  ].map(({ project, body }) => ({ project, body, filename: `${project}-1-py3-none-any.whl` }));
  const lock: LockedEngine = {
    engine: "cuda13",
    project: "plugin",
    version: "1",
    arch: "x64",
    plugin: "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
    wheels: wheels.map(({ project, filename, body }) => ({
      project,
      version: "1",
      filename,
      sha256: createHash("sha256").update(body).digest("hex"),
      bytes: body.length,
    })),
  };
  const [first, second] = wheels;
  if (first === undefined || second === undefined) throw new Error("two wheels");
  let started = (): void => undefined;
  const stall: Misbehave = (_request, response, body, attempt) => {
    if (attempt > 0) return false;
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, 100_000), () => setTimeout(() => started(), 200));
    return true; // and never the rest
  };
  const server = await indexServer({ ...first, others: [second], misbehave: stall });
  const log = path.join(folder, "loaded.txt");
  const script = `import { installEngine, loadPlugin } from ${JSON.stringify(builtPackage())};
    const { path } = await installEngine("cuda13", {
      cacheDir: ${JSON.stringify(path.join(folder, "cache"))}, indexUrl: ${JSON.stringify(server.url)}, offline: false,
      lock: [${JSON.stringify(lock)}], onPlan: (plan) => console.log(plan.bytesThere > 0 ? "more" : "all"),
    });
    try { loadPlugin(path); } catch (error) { console.log(error.details.got); }`;
  const run = () =>
    spawn(process.execPath, ["--input-type=module", "-e", script], { env: { ...process.env, LOADED: log } });
  try {
    const killed = run();
    await new Promise<void>((resolve) => (started = resolve));
    killed.kill("SIGKILL");
    await new Promise((resolve) => killed.on("exit", resolve));
    expect(readdirSync(path.join(folder, "cache/downloads"))).toEqual([`${first.filename}.part`]);

    const again = run();
    let output = "";
    for (const stream of [again.stdout, again.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    expect(await new Promise((resolve) => again.on("close", resolve))).toBe(0);
    expect(output.trim().split("\n")).toEqual(["more", "GetPjrtApi returned nothing"]);
    expect(server.requests).toContain(`/files/${first.filename} bytes=100000-`);
    expect(readdirSync(path.join(folder, "cache/engines"))).toEqual(["cuda13-plugin-1-x64"]); // nothing unfinished
    expect(readFileSync(log, "utf8")).toMatch(/^libcudart[\s\S]*libcudnn\.so\.9\nxla_cuda_plugin\.so\n$/);
  } finally {
    await server.close();
  }
});
