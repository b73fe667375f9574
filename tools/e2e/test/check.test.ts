/** What `l3m check` says a step costs, in a process that has no plugin and may not fetch one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { buildOnce, type Ended, l3m } from "../run-l3m.ts";
import { tinyProject, type TinyProject } from "../tiny-project.ts";

let project: TinyProject;
let cache: string;
beforeAll(buildOnce, 300_000);
beforeEach(async () => {
  project = await tinyProject();
  cache = mkdtempSync(path.join(tmpdir(), "l3m-empty-cache-"));
});
afterEach(() => {
  project.remove();
  rmSync(cache, { recursive: true, force: true });
});

const check = (...args: readonly string[]): Promise<Ended> =>
  l3m(["check", project.config, ...args], {
    env: { L3M_OFFLINE: "1", L3M_CACHE_DIR: cache, L3M_PJRT_PLUGIN: undefined },
  });

/** The sections on compute and memory, with every number as `N`. */
function costs(stdout: string): string {
  const [sections = ""] = /^(Compute|Memory) of a step.*^  total[^\n]*/ms.exec(stdout) ?? [];
  return sections.replaceAll(/\d+(\.\d+)?/g, "N").replaceAll(/ {2,}/g, "  ");
}

it("prints compute and memory", async () => {
  const { code, stdout, stderr } = await check("experiment.engine=xla-cpu");
  expect([code, stderr]).toEqual([0, ""]);
  expect(costs(stdout)).toMatchInlineSnapshot(`
    "Compute of a step (xla-cpu, batch N)
      matrix products  N kFLOP  forward, backward and what is computed again
      model  N kFLOP  N kFLOP per sample

    Memory of a step (xla-cpu, batch N), estimated
      parameters  N KiB
      optimizer  N KiB  exp_avg, exp_avg_sq
      batch, buffers  N KiB
      gradients  N KiB  at the peak; N KiB in all
      activations  N KiB  at the peak
      copies  N KiB  of optimizer state that is read while it is written
      total  N KiB"
  `);
});

it("has a row for the copies that bf16 computes with", async () => {
  const { stdout } = await check("experiment.engine=xla-cpu", "+experiment.precision=bf16");
  expect(costs(stdout)).toContain("working copies  N");
});

it("says what is missing without data, and takes it from the command line", async () => {
  rmSync(project.file("pairs"), { recursive: true });
  const without = await check("experiment.engine=xla-cpu");
  expect(without.code).toBe(0);
  expect(costs(without.stdout)).toMatchInlineSnapshot(`
    "Memory of a step (xla-cpu, batch N), estimated
      parameters  N KiB
      optimizer  N KiB  exp_avg, exp_avg_sq
      batch, buffers  ?
      gradients  ?
      activations  ?
      total  ?  unknown without the data; give the shapes of a sample: --shape 'text=iN[N]'"
  `);
  const given = await check(
    "experiment.engine=xla-cpu",
    "--shape",
    "text=i32[8]",
    "image=f32[3,8,8]",
    "text_mask=i32[8]",
  );
  expect([given.code, given.stderr]).toEqual([0, ""]);
  expect(costs(given.stdout)).toMatch(/^Compute of a step/);
});

it("a batch that the model does not take is an error of the config", async () => {
  const { code, stdout } = await check("--no-data", "--shape", "text=i32[8]", "image=f32[1,8,8]", "text_mask=i32[8]");
  expect(code).toBe(1);
  expect(stdout).toMatch(/image/);
  expect(stdout).toMatch(/has 1 error/);
});

it("a shape that is none is refused", async () => {
  const { code, stderr } = await check("--no-data", "--shape", "text=8");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^L3M_USAGE/);
});
