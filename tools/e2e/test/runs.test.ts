/** Run directories, signals and numbers that are not finite: one clear error, nothing lost. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readMetrics } from "@l3m/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theError } from "../printed-error.ts";
import { buildOnce, l3m, type Running, startL3m } from "../run-l3m.ts";
import { STEPS, tinyProject, type TinyProject } from "../tiny-project.ts";

let project: TinyProject;
beforeAll(async () => {
  await buildOnce();
  project = await tinyProject();
}, 300_000);
afterAll(() => project.remove());

const run = (name: string): string => project.file(name);
const losses = (folder: string): unknown[] =>
  readMetrics(path.join(folder, "metrics.jsonl")).flatMap(({ step, loss }) =>
    loss === undefined ? [] : [[step, loss]],
  );

/** Waits until a command has printed `text`. */
async function printed(running: Running, text: string): Promise<void> {
  while (!running.stdout().includes(text)) {
    await Promise.race([
      new Promise((resolve) => setTimeout(resolve, 10)),
      running.ended.then((ended) => Promise.reject(new Error(`ended early:\n${ended.stdout}\n${ended.stderr}`))),
    ]);
  }
}

/** A real full disk is a small tmpfs, which only a privileged user can mount. */
const MOUNTS = process.getuid?.() === 0;

describe("the run directory", () => {
  it("cannot be written", async () => {
    writeFileSync(run("a-file"), "");
    const error = theError(await l3m(["train", project.config, "--run-dir", path.join(run("a-file"), "run")]));
    expect([error.code, error.where]).toEqual(["L3M_RUN_DIR", path.join(run("a-file"), "run")]);
  });

  it("is used by another run, which goes on undisturbed", async () => {
    const folder = run("shared");
    const first = startL3m([
      "train",
      project.config,
      "experiment.total_iterations=200",
      "experiment.log_every=1",
      "--run-dir",
      folder,
    ]);
    await printed(first, "step ");
    const error = theError(await l3m(["train", project.config, "--run-dir", folder]));
    expect(error.code).toBe("L3M_RUN_LOCKED");
    expect(error.got).toContain(String(first.child.pid));
    first.child.kill("SIGTERM");
    expect((await first.ended).code).toBe(143);
  });

  it("takes over the lock of a process that is gone", async () => {
    const folder = run("stale");
    mkdirSync(folder);
    writeFileSync(
      path.join(folder, "lock"),
      JSON.stringify({ pid: 2 ** 22 - 1, host: (await import("node:os")).hostname(), started: null }),
    );
    expect((await l3m(["train", project.config, "experiment.total_iterations=2", "--run-dir", folder])).code).toBe(0);
    expect(existsSync(path.join(folder, "lock"))).toBe(false);
  });

  it.skipIf(!MOUNTS)(
    "is full: the error names the cure, and the run goes on from its newest checkpoint once there is space",
    async () => {
      const folder = run("small-disk");
      mkdirSync(folder);
      expect(mountSmall(folder)).toBe(true);
      try {
        writeFileSync(path.join(folder, "ballast"), Buffer.alloc(15.9 * 1024 * 1024));
        const error = theError(await l3m(["train", project.config, "--run-dir", path.join(folder, "run")]));
        expect(error.code).toBe("L3M_DISK_FULL");
        execFileSync("rm", [path.join(folder, "ballast")]);
        const again = await l3m(["train", project.config, "--run-dir", path.join(folder, "run")]);
        expect([again.code, again.stderr]).toEqual([0, ""]);
        expect(losses(path.join(folder, "run")).length).toBe(STEPS);
      } finally {
        execFileSync("umount", [folder]);
      }
    },
  );
});

function mountSmall(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s saves, exits with %i, and the resumed run has the numbers of an uninterrupted one",
    async (signal, code) => {
      const args = [
        "train",
        project.config,
        "experiment.total_iterations=60",
        "experiment.log_every=1",
        "experiment.checkpoint_every=1000",
      ];
      const [whole, stopped] = [run(`whole-${signal}`), run(`stopped-${signal}`)];
      expect((await l3m([...args, "--run-dir", whole])).code).toBe(0);
      const first = startL3m([...args, "--run-dir", stopped]);
      await printed(first, "step  5/60");
      first.child.kill(signal);
      const ended = await first.ended;
      expect([ended.code, ended.stderr]).toEqual([code, ""]);
      expect(ended.stdout).toMatch(/stopped after step \d+; go on with: l3m train/);
      expect(losses(stopped).length).toBeLessThan(60);
      expect((await l3m([...args, "--run-dir", stopped])).code).toBe(0);
      expect(losses(stopped)).toEqual(losses(whole));
    },
  );
});

describe("a second signal", () => {
  it("leaves at once, without saving", async () => {
    const folder = run("impatient");
    const running = startL3m([
      "train",
      project.config,
      "experiment.total_iterations=5000",
      "experiment.log_every=1",
      "experiment.checkpoint_every=1000",
      "--run-dir",
      folder,
    ]);
    await printed(running, "step ");
    running.child.kill("SIGINT");
    running.child.kill("SIGTERM");
    const { signal, stdout } = await running.ended;
    expect(["SIGINT", "SIGTERM"]).toContain(signal);
    expect(stdout).not.toContain("stopped after step");
    expect(existsSync(path.join(folder, "checkpoints"))).toBe(false);
    const again = await l3m(["train", project.config, "--run-dir", folder]);
    expect(again.code).toBe(0);
  });
});

describe("a loss that is not finite", () => {
  it("names the first bad tensor, keeps the state before it, and the run can go on", async () => {
    const plugin = run("poison.mjs");
    writeFileSync(
      plugin,
      `export default { apiVersion: 1, namespace: "poison", provides: [{
        kind: "transform", name: "nan", summary: "NaN from the sixth batch on.", slots: {},
        options: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
        build: () => { let calls = 0; return (sample) => { if (++calls > 48 && process.env.POISON) sample.image.data[0] = NaN; return sample; }; },
      }] };`,
    );
    const config = run("poison.yaml");
    const text = readFileSync(project.config, "utf8").replace(
      "      - data/to-tensor\n",
      "      - data/to-tensor\n      - poison/nan\n",
    );
    writeFileSync(config, `plugins: [./poison.mjs]\n${text}`);
    const folder = run("poisoned");
    const error = theError(await l3m(["train", config, "--run-dir", folder], { env: { POISON: "1" } }));
    expect(error.code).toBe("L3M_NOT_FINITE");
    expect(error.message).toContain('batch entry "image"');
    const before = losses(folder).length;
    expect(before).toBeGreaterThan(3);
    expect((await l3m(["train", config, "--run-dir", folder])).code).toBe(0);
    expect(losses(folder).map((entry) => (entry as number[])[0])).toEqual(
      Array.from({ length: STEPS }, (_, i) => i + 1),
    );
  });

  it("names a parameter's gradient or activation when the learning rate explodes", async () => {
    const ended = await l3m([
      "train",
      project.config,
      "optim.scheduler.start_value=1e38",
      "optim.scheduler.end_value=1e38",
      "--run-dir",
      run("exploded"),
    ]);
    const error = theError(ended);
    expect(error.code).toBe("L3M_NOT_FINITE");
    expect(error.message).toMatch(/First bad tensor: .*(written by|parameter|gradient|loss)/);
  });
});
