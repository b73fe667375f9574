/** The packed programs run from a folder that holds nothing else: no repository, no node_modules but koffi. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensurePlugin } from "@l3m/pjrt";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundlePrograms, PROGRAMS } from "../h100/bundle-programs.ts";
import { packKoffi } from "../h100/pack-koffi.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-packed-"));
let plugin = "";

beforeAll(async () => {
  plugin = await ensurePlugin("cpu");
  await bundlePrograms(path.join(folder, "programs"));
  packKoffi(path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, "configs"));
  cpSync(path.join(import.meta.dirname, "tiny-clip.yaml"), path.join(folder, "configs/tiny-clip.yaml"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, ...args: string[]): string {
  return execFileSync(process.execPath, [path.join(folder, "programs", `${program}.mjs`), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], L3M_PJRT_PLUGIN: plugin, L3M_OFFLINE: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

it("bundles every program", () => {
  for (const name of Object.keys(PROGRAMS)) expect(existsSync(path.join(folder, "programs", `${name}.mjs`))).toBe(true);
});

it("trains, and writes weights that give the same losses again", () => {
  const common = ["configs/tiny-clip.yaml", "--engine", "xla-cpu", "--steps", "3", "--warmup", "1", "--cache", "cache"];
  const first = JSON.parse(run("step", ...common, "--dump-weights", "w.safetensors", "--dump-spec", "spec.json")) as {
    losses: number[];
  };
  const again = JSON.parse(run("step", ...common, "--weights", "w.safetensors")) as { losses: number[] };
  expect(first.losses).toHaveLength(4);
  expect(first.losses[3]).toBeLessThan(first.losses[0] ?? 0);
  expect(again.losses).toEqual(first.losses);
}, 180_000);

it("runs golden cases, in f32 and in bf16", () => {
  const cases = path.resolve(import.meta.dirname, "../../goldens/clip-loss");
  for (const precision of ["f32", "bf16"])
    expect(run("goldens", cases, "--engine", "xla-cpu", "--precision", precision, "--only", "clip_head_*")).toMatch(
      /[1-9]\d* passed, 0 failed/,
    );
}, 180_000);
