/** Engines that cannot be had: one clear error with its cures. */
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { theError } from "../printed-error.ts";
import { buildOnce, l3m } from "../run-l3m.ts";
import { tinyProject } from "../tiny-project.ts";

let folder: string;
beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(path.join(tmpdir(), "l3m-engines-"));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const QUICKSTART = ["train", "configs/quickstart/clip.yaml"];

it("offline with an empty cache, the quickstart names the cures and leaves nothing behind", async () => {
  const runDir = path.join(folder, "offline");
  const env = {
    L3M_OFFLINE: "1",
    L3M_CACHE_DIR: path.join(folder, "empty"),
    L3M_PJRT_PLUGIN: undefined,
    VIRTUAL_ENV: undefined,
    CONDA_PREFIX: undefined,
    PATH: path.dirname(process.execPath),
  };
  const ended = await l3m([...QUICKSTART, "--run-dir", runDir], { env });
  const error = theError(ended);
  expect(error.code).toBe("L3M_ENGINE_MISSING");
  expect(ended.stderr).toMatch(/l3m engine install cpu[\s\S]*L3M_PJRT_PLUGIN[\s\S]*--engine wasm/);
  expect(existsSync(path.join(runDir, "metrics.jsonl"))).toBe(false);
});

it("a shared library that is no PJRT plugin", async () => {
  const library = path.join(folder, "no-plugin.so");
  copyFileSync(sharedLibrary(), library);
  const error = theError(
    await l3m([...QUICKSTART, "--run-dir", path.join(folder, "run")], { env: { L3M_PJRT_PLUGIN: library } }),
  );
  expect([error.code, error.where]).toEqual(["L3M_PJRT_PLUGIN", library]);
});

it("an engine that does not exist", async () => {
  const error = theError(await l3m([...QUICKSTART, "--engine", "xla-gpu", "--run-dir", path.join(folder, "run")]));
  expect([error.code, error.got]).toEqual(["L3M_USAGE", "xla-gpu"]);
});

it("tool settings name the cache folder and plugins of a project", async () => {
  const project = await tinyProject();
  try {
    writeFileSync(project.file("extra.mjs"), 'export default { apiVersion: 1, namespace: "extra", provides: [] };\n');
    writeFileSync(project.file("l3m.config.yaml"), "cacheDir: ./my-cache\nplugins: [./extra.mjs]\n");
    const env = { L3M_CACHE_DIR: undefined };
    const { stdout } = await l3m(["engine", "doctor"], { cwd: project.folder, env });
    expect(stdout).toContain(project.file("my-cache"));
    project.edit("patchify/vit-preprocessor", "patchify/vit-preprocesor");
    const { stdout: checked } = await l3m(["check", project.config], { cwd: project.folder, env });
    expect(checked).toMatch(/loaded plugins \([^)]*extra/);
  } finally {
    project.remove();
  }
});

/** A library that every Linux has. */
function sharedLibrary(): string {
  const places = [
    "/lib/x86_64-linux-gnu/libm.so.6",
    "/lib/aarch64-linux-gnu/libm.so.6",
    "/lib64/libm.so.6",
    "/usr/lib/libm.so.6",
  ];
  const found = places.find((file) => existsSync(file));
  if (found === undefined) throw new Error("no libm found");
  return found;
}
