/** The NVIDIA driver of this machine, from the files that it puts in place; nothing is loaded. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface NvidiaDriver {
  /** Device files of GPUs, for example `/dev/nvidia0`; `/dev/dxg` of Windows' Linux subsystem, which has no kernel module. */
  readonly devices: readonly string[];
  /** Of the kernel module, for example `580.159.03`; undefined when it is not loaded. */
  readonly version: string | undefined;
  /** The driver's library, which a container gets from its host; undefined when it is in no known folder. */
  readonly libcuda: string | undefined;
}

/** The oldest driver for each version of CUDA (NVIDIA's table of minor-version compatibility). */
export const OLDEST_DRIVER: Readonly<Record<number, number>> = { 12: 525, 13: 580 };

const LIBRARY_FOLDERS = [
  "usr/lib/x86_64-linux-gnu",
  "usr/lib/aarch64-linux-gnu",
  "usr/lib64",
  "usr/lib",
  "usr/lib/wsl/lib",
  "usr/local/nvidia/lib64",
  "usr/local/cuda/compat",
  "run/opengl-driver/lib",
];

/** `root` stands for `/`; the folders of LD_LIBRARY_PATH and what the linker's cache lists count too. */
export function readDriver(root = "/", env: NodeJS.ProcessEnv = process.env): NvidiaDriver {
  const description = text(path.join(root, "proc/driver/nvidia/version"));
  const files = [
    ...(env["LD_LIBRARY_PATH"] ?? "")
      .split(":")
      .filter((folder) => folder !== "")
      .map(inFolder),
    ...LIBRARY_FOLDERS.map((folder) => inFolder(path.join(root, folder))),
    ...cachedPaths(root),
  ];
  return {
    devices: names(path.join(root, "dev"))
      .filter((name) => /^(nvidia\d+|dxg)$/.test(name))
      .sort()
      .map((name) => `/dev/${name}`),
    version: /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(description)?.[1],
    libcuda: files.find((file) => existsSync(file)),
  };
}

const LIBRARY = "libcuda.so.1";

function inFolder(folder: string): string {
  return path.join(folder, LIBRARY);
}

/** `/etc/ld.so.cache` holds the path of every library that the linker knows, as C strings. */
function cachedPaths(root: string): string[] {
  const paths = text(path.join(root, "etc/ld.so.cache"), "latin1").match(/\/[^\0]*\/libcuda\.so\.1(?=\0)/g) ?? [];
  return paths.map((file) => path.join(root, file));
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function text(file: string, encoding: BufferEncoding = "utf8"): string {
  try {
    return readFileSync(file, encoding);
  } catch {
    return "";
  }
}
