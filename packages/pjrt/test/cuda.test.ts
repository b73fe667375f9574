/** What happens around a CUDA plugin, on a machine without a GPU: real libraries and processes, a fake driver. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { doctor, type DoctorCheck } from "@l3m/pjrt";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkGpu } from "../src/cuda/check-gpu.ts";
import { withCudaDataDir } from "../src/cuda/cuda-data-dir.ts";
import { gpuProcesses } from "../src/cuda/gpu-processes.ts";
import { cudaMajorOf, isCudaPlugin } from "../src/cuda/nvidia-libraries.ts";
import { preloadOrder } from "../src/cuda/preload-order.ts";
import { cudaSurroundings } from "../src/cuda/prepare-cuda.ts";
import { builtPackage } from "./cpu-plugin.ts";
import { fakeCuda, hasCompiler } from "./fake-cuda.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-cuda-"));
afterAll(() => rmSync(folder, { recursive: true }));

const IN_ORDER = [
  "libcudart.so.13",
  "libnvrtc.so.13",
  "libnvJitLink.so.13",
  "libcublasLt.so.13",
  "libcublas.so.13",
  "libnccl.so.2",
  "libcusparse.so.12",
  "libcusolver.so.12",
  "libcufft.so.12",
  "libcudnn.so.9",
];

describe.skipIf(!hasCompiler)("a plugin with NVIDIA's libraries beside it", () => {
  let plugin: string;
  beforeAll(() => {
    plugin = fakeCuda(path.join(folder, "site packages"));
  });

  it("knows which libraries are its own, in the order of their needs", () => {
    const { cudaMajor, libraries, dataDir } = cudaSurroundings(plugin);
    expect(cudaMajor).toBe(13);
    const names = libraries.map(({ name }) => name);
    expect(names.filter((name) => name !== "libnvshmem_host.so.3")).toEqual(IN_ORDER);
    expect(libraries.find(({ name }) => name === "libcudnn.so.9")?.version).toBe("9.26.0.51");
    expect(libraries[0]?.version).toBeUndefined();
    expect(dataDir).toBe(path.join(folder, "site packages", "nvidia/cu13"));
  });

  it("loads them before itself, and tells XLA where ptxas is", () => {
    const log = path.join(folder, "loaded.txt");
    const script = `import { loadPlugin } from ${JSON.stringify(builtPackage())};
      try { loadPlugin(${JSON.stringify(plugin)}); } catch (error) { console.log(error.details.got); }
      console.log(process.env.XLA_FLAGS);`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      env: { ...process.env, LOADED: log, XLA_FLAGS: "--xla_gpu_autotune_level=0", LD_LIBRARY_PATH: "" },
    });
    expect(stderr).toBe("");
    const place = path.join(folder, "site packages", "nvidia/cu13");
    expect(stdout.trim().split("\n")).toEqual([
      "GetPjrtApi returned nothing",
      `--xla_gpu_autotune_level=0 --xla_gpu_cuda_data_dir="${place}"`,
    ]);
    // NVSHMEM, which lacks a library here, is passed over
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual([...IN_ORDER, "xla_cuda_plugin.so"]);
  });

  it("is also found from a plugin elsewhere, through the Python environment", () => {
    const env = { PATH: "/nowhere", VIRTUAL_ENV: path.join(folder, "venv") };
    const packages = path.join(folder, "venv/lib/python3.12");
    mkdirSync(packages, { recursive: true });
    symlinkSync(path.join(folder, "site packages"), path.join(packages, "site-packages"));
    const { root, libraries } = cudaSurroundings(path.join(folder, "mine/libpjrt_cuda13.so"), env);
    expect(root).toBe(path.join(packages, "site-packages"));
    expect(libraries).toHaveLength(IN_ORDER.length + 1);
  });

  it("passes the doctor's look at its files, unless cuDNN is old or something is missing", async () => {
    const old = fakeCuda(path.join(folder, "old"), "9.10.2.21");
    rmSync(path.join(folder, "old/nvidia/nccl"), { recursive: true });
    const state = async (file: string): Promise<Record<string, DoctorCheck>> =>
      Object.fromEntries(
        (
          await doctor({
            engine: "cuda13",
            root: path.join(folder, "no driver"),
            env: { PATH: "/nowhere", L3M_PJRT_PLUGIN: file, L3M_CACHE_DIR: folder },
          })
        ).map((check) => [check.name, check]),
      );
    const good = await state(plugin);
    expect(good["libraries"]).toMatchObject({ ok: true, why: expect.stringContaining("cudnn 9.26.0.51") });
    expect(good["cudnn"]).toMatchObject({ ok: true });
    expect(good["gpu"]).toMatchObject({ ok: false });
    expect(good["plugin loads"]).toBeUndefined(); // needs a GPU
    const bad = await state(old);
    expect(bad["libraries"]).toMatchObject({ ok: false, why: expect.stringContaining("libnccl missing") });
    expect(bad["cudnn"]).toMatchObject({ ok: false, why: "9.10.2.21; 9.15 or newer is needed" });
    expect(bad["cudnn"]?.fix).toContain("l3m engine install cuda13");
  });
});

describe("the order of loading", () => {
  const library = (name: string, needed: readonly string[] = []) => ({ name, path: name, version: undefined, needed });

  it("ends for libraries that need each other, and leaves out what nobody opens", () => {
    const order = preloadOrder([
      library("libcublas.so.13", ["libcublasLt.so.13", "libc.so.6"]),
      library("libcublasLt.so.13", ["libcublas.so.13"]),
      library("libcusolverMg.so.12"),
    ]);
    expect(order.map(({ name }) => name)).toEqual(["libcublasLt.so.13", "libcublas.so.13"]);
  });
});

describe("XLA_FLAGS", () => {
  it.each([
    [undefined, "--xla_gpu_cuda_data_dir=/cuda"],
    [" --a=b ", "--a=b --xla_gpu_cuda_data_dir=/cuda"],
    ["--xla_gpu_cuda_data_dir=/mine", "--xla_gpu_cuda_data_dir=/mine"],
    ["/etc/flags", "/etc/flags"],
  ])("%s becomes %s", (given, expected) => {
    expect(withCudaDataDir(given, "/cuda")).toBe(expected);
  });
});

describe("the version of CUDA", () => {
  it("is in the path of a plugin", () => {
    expect([cudaMajorOf("/x/xla_cuda12/p.so"), cudaMajorOf("/x/libpjrt_cuda13.so")]).toEqual([12, 13]);
    expect([isCudaPlugin("/x/xla_cuda13/p.so"), isCudaPlugin("/x/gpu.so"), isCudaPlugin("/gpu/cpu.so")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("checkGpu", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(folder, "root-"));
  });
  const put = (file: string, text = ""): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const machine = (driver: string): void => {
    put("dev/nvidia0");
    put("dev/nvidiactl");
    put(
      "proc/driver/nvidia/version",
      `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${driver}  Release Build  (dvs-builder@U22)\nGCC version:  gcc version 12.3.0\n`,
    );
    put("usr/lib/x86_64-linux-gnu/libcuda.so.1");
  };
  const failed = (cudaMajor: number, env: NodeJS.ProcessEnv = {}): string[] =>
    checkGpu(cudaMajor, root, env)
      .filter(({ ok }) => !ok)
      .map(({ name, why, fix }) => `${name}: ${why} -> ${fix}`);

  it("is content with a machine that can", () => {
    machine("580.159.03");
    expect(failed(13)).toEqual([]);
    expect(failed(12, { CUDA_VISIBLE_DEVICES: "0,1" })).toEqual([]);
    expect(checkGpu(13, root, {}).map(({ name }) => name)).toEqual(["gpu", "driver", "libcuda", "visible"]);
  });

  it("offers CUDA 12 to an older driver", () => {
    machine("550.54.15");
    expect(failed(13)).toEqual([expect.stringMatching(/^driver: 550.54.15; CUDA 13 needs 580.*cuda12/)]);
    expect(failed(12)).toEqual([]);
    machine("470.82.01");
    expect(failed(12)).toEqual([expect.stringMatching(/^driver: 470.82.01; CUDA 12 needs 525.*update/)]);
  });

  it("reads the older form of the driver's version", () => {
    machine("");
    put("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19\n");
    expect(failed(13)).toEqual([expect.stringContaining("535.129.03")]);
  });

  it("says what a container lacks, and what hides the GPUs", () => {
    expect(failed(13).map((line) => line.split(":")[0])).toEqual(["gpu", "driver", "libcuda"]);
    machine("580.65.06");
    expect(failed(13, { CUDA_VISIBLE_DEVICES: "" })).toEqual([expect.stringMatching(/^visible: .*Unset/)]);
    rmSync(path.join(root, "usr"), { recursive: true });
    expect(failed(13)).toEqual([expect.stringContaining("libcuda: ")]);
    put("opt/driver/libcuda.so.1");
    expect(failed(13, { LD_LIBRARY_PATH: path.join(root, "opt/driver") })).toEqual([]);
    put("etc/ld.so.cache", "glibc-ld.so.cache1.1\0libcuda.so.1\0/opt/driver/libcuda.so.1\0libc.so.6\0");
    expect(failed(13)).toEqual([]);
  });

  it("knows Windows' Linux subsystem", () => {
    put("dev/dxg");
    put("usr/lib/wsl/lib/libcuda.so.1");
    expect(failed(13)).toEqual([]);
  });

  it("lists the processes that have a GPU open", () => {
    put("proc/4711/cmdline", "python3\0train.py\0");
    put("proc/12/cmdline", "bash\0");
    put("proc/self-made", "");
    mkdirSync(path.join(root, "proc/4711/fd"));
    mkdirSync(path.join(root, "proc/12/fd"));
    symlinkSync("/dev/nvidia1", path.join(root, "proc/4711/fd/3"));
    symlinkSync("/dev/nvidiactl", path.join(root, "proc/4711/fd/4"));
    symlinkSync("/dev/null", path.join(root, "proc/12/fd/0"));
    expect(gpuProcesses(root)).toEqual([{ pid: 4711, command: "python3 train.py", devices: ["/dev/nvidia1"] }]);
  });
});
