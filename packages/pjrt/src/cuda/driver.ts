/** The NVIDIA driver of this machine, from the files that it puts in place; nothing is loaded. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface NvidiaDriver {
  /** Device files of GPUs, for example `/dev/nvidia0`. */
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
];

/** `root` stands for `/`; folders of LD_LIBRARY_PATH and of the linker's configuration count too. */
export function readDriver(root = "/", env: NodeJS.ProcessEnv = process.env): NvidiaDriver {
  const version = /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(
    text(path.join(root, "proc/driver/nvidia/version")),
  )?.[1];
  const folders = [
    ...(env["LD_LIBRARY_PATH"] ?? "").split(":").filter((folder) => folder !== ""),
    ...[...LIBRARY_FOLDERS, ...configuredFolders(root)].map((folder) => path.join(root, folder)),
  ];
  return {
    devices: names(path.join(root, "dev"))
      .filter((name) => /^nvidia\d+$/.test(name))
      .sort()
      .map((name) => `/dev/${name}`),
    version,
    libcuda: folders.map((folder) => path.join(folder, "libcuda.so.1")).find((file) => existsSync(file)),
  };
}

/** Lines of `/etc/ld.so.conf.d/*.conf` that name folders. */
function configuredFolders(root: string): string[] {
  const folder = path.join(root, "etc/ld.so.conf.d");
  return names(folder)
    .flatMap((name) => text(path.join(folder, name)).split("\n"))
    .filter((line) => line.startsWith("/"))
    .map((line) => line.trim());
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
