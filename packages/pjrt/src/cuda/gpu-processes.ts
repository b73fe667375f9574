/** Which processes have a GPU open, by the files that they hold. Those of other users are seen only by root. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";

export interface GpuProcess {
  readonly pid: number;
  /** The command with its arguments. */
  readonly command: string;
  /** For example `/dev/nvidia0`. */
  readonly devices: readonly string[];
}

/** All but this process; `root` stands for `/`. */
export function gpuProcesses(root = "/"): GpuProcess[] {
  const proc = path.join(root, "proc");
  return list(proc)
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const opened = list(path.join(proc, name, "fd")).map((fd) => target(path.join(proc, name, "fd", fd)));
      const devices = [...new Set(opened.filter((file) => /^\/dev\/nvidia\d+$/.test(file)))].sort();
      return devices.length === 0 ? [] : [{ pid: Number(name), command: commandOf(path.join(proc, name)), devices }];
    });
}

function commandOf(folder: string): string {
  try {
    return readFileSync(path.join(folder, "cmdline"), "utf8").split("\0").join(" ").trim();
  } catch {
    return "unknown";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it ended, or belongs to another user
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
