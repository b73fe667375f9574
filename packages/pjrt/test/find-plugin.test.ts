import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DoctorCheck, findPlugin, listEngines, pipSettings, PUBLIC_INDEX, WHEEL_LOCK } from "@l3m/pjrt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtPackage, cpuPlugin } from "./cpu-plugin.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "l3m-find-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Creates an empty file with its folders. */
function touch(...parts: string[]): string {
  const file = path.join(folder, ...parts);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

describe("findPlugin", () => {
  const noPython = { PATH: "/nowhere" };

  it("prefers L3M_PJRT_PLUGIN, then the cache, then a Python environment", () => {
    const cacheDir = path.join(folder, "cache");
    const python = touch("venv/lib/python3.12/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so");
    const named = touch("my/libpjrt_cuda13.so");
    const env = { ...noPython, VIRTUAL_ENV: path.join(folder, "venv") };
    expect(findPlugin("cuda13", { cacheDir, env })).toEqual({ path: python, source: "python" });
    expect(findPlugin("cuda12", { cacheDir, env })).toBeUndefined();
    const locked = WHEEL_LOCK.find((entry) => entry.engine === "cpu" && entry.arch === process.arch);
    const cached = touch(
      "cache/engines",
      `cpu-${locked?.project}-${locked?.version}-${locked?.arch}`,
      locked?.plugin ?? "",
    );
    expect(findPlugin("cpu", { cacheDir, env })).toEqual({ path: cached, source: "cache" });
    expect(findPlugin("cuda13", { cacheDir, env: { ...env, L3M_PJRT_PLUGIN: named } })).toEqual({
      path: named,
      source: "L3M_PJRT_PLUGIN",
    });
    expect(findPlugin("cpu", { cacheDir, env: { ...env, L3M_PJRT_PLUGIN: named } })?.path).toBe(cached);
    expect(
      listEngines({ cacheDir })
        .find((listing) => listing.engine === "cpu")
        ?.choices.some((choice) => choice.installed === cached),
    ).toBe(true);
  });

  it("reports a variable that names no file", () => {
    expect(() =>
      findPlugin("cpu", { cacheDir: folder, env: { ...noPython, L3M_PJRT_PLUGIN: path.join(folder, "absent.so") } }),
    ).toThrow(/L3M_PJRT_PLUGIN[\s\S]*does not exist/);
  });
});

describe("the wheel lock", () => {
  it("has a plausible hash and size for every file, and a choice for both processors", () => {
    for (const wheel of WHEEL_LOCK.flatMap((locked) => locked.wheels)) {
      expect(wheel.sha256, wheel.filename).toMatch(/^[0-9a-f]{64}$/);
      expect(wheel.filename.replaceAll("_", "-")).toContain(`${wheel.project}-${wheel.version}-`);
      expect(wheel.bytes).toBeGreaterThan(10_000);
    }
    for (const arch of ["x64", "arm64"])
      for (const engine of ["cpu", "cuda12", "cuda13"])
        expect(WHEEL_LOCK.some((locked) => locked.engine === engine && locked.arch === arch)).toBe(true);
  });

  it("has for CUDA what the extra with-cuda of JAX's plugin package asks for", () => {
    const asked = ["cublas", "cuda-cupti", "cuda-nvcc", "cuda-runtime", "cudnn", "cufft", "cusolver", "cusparse"];
    const projects = [...asked, "nccl", "nvjitlink", "cuda-nvrtc", "nvshmem"].map((name) => `nvidia-${name}`);
    for (const { engine, project, wheels } of WHEEL_LOCK.filter((locked) => locked.engine !== "cpu")) {
      const bare = wheels.map((wheel) => wheel.project.replace(/-cu1[23]$/, ""));
      const more = engine === "cuda13" ? ["nvidia-nvvm"] : []; // part of nvcc before
      expect(bare.sort()).toEqual([project, ...projects, ...more].sort());
      const cudnn = wheels
        .find((wheel) => wheel.project.includes("cudnn"))
        ?.version.split(".")
        .map(Number);
      expect((cudnn?.[0] ?? 0) * 100 + (cudnn?.[1] ?? 0)).toBeGreaterThanOrEqual(915);
    }
  });
});

describe("pip's settings", () => {
  it("come from files, the more specific winning, then from the environment", () => {
    mkdirSync(path.join(folder, ".config/pip"), { recursive: true });
    writeFileSync(
      path.join(folder, ".config/pip/pip.conf"),
      "# mine\n[global]\nindex-url = https://user.example/simple/\nfind-links =\n    /wheels/one\n    /wheels/two\n[install]\nindex-url = https://not.example\n",
    );
    const env = { HOME: folder };
    expect(pipSettings(env)).toEqual({
      indexUrl: "https://user.example/simple",
      wheelFolders: ["/wheels/one", "/wheels/two"],
    });
    writeFileSync(path.join(folder, "other.conf"), "[global]\nindex_url: https://file.example/simple\n");
    expect(pipSettings({ ...env, PIP_CONFIG_FILE: path.join(folder, "other.conf") }).indexUrl).toBe(
      "https://file.example/simple",
    );
    expect(pipSettings({ ...env, PIP_INDEX_URL: "https://env.example/simple" }).indexUrl).toBe(
      "https://env.example/simple",
    );
    expect(pipSettings({ ...env, PIP_CONFIG_FILE: "/dev/null" })).toEqual({ indexUrl: PUBLIC_INDEX, wheelFolders: [] });
  });
});

describe("doctor", () => {
  /** Its child process needs compiled JavaScript, so the whole of it runs from the built package. */
  function diagnose(env: NodeJS.ProcessEnv): DoctorCheck[] {
    const script = `import { doctor } from ${JSON.stringify(builtPackage())}; console.log(JSON.stringify(await doctor()));`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    return JSON.parse(stdout);
  }

  it("computes with a working plugin", async () => {
    const checks = diagnose({ L3M_PJRT_PLUGIN: await cpuPlugin() });
    expect(checks.map((check) => [check.name, check.ok])).toEqual(
      ["node", "platform", "cache", "index", "plugin", "plugin loads", "devices", "computes"].map((name) => [
        name,
        true,
      ]),
    );
  });

  it("explains a broken one, with a cure", () => {
    const checks = diagnose({ L3M_PJRT_PLUGIN: touch("broken.so") });
    expect(checks.at(-1)).toMatchObject({
      name: "plugin loads",
      ok: false,
      why: expect.stringContaining("no ELF file"),
      fix: expect.stringContaining("l3m engine install"),
    });
  });
});
