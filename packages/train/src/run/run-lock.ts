/** One run per run directory: a lock file with the owner's process id, taken over when that process is gone. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { writeError } from "../checkpoint/save-checkpoint.ts";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells; guards against reused process ids. */
  readonly started: string | null;
}

/**
 * Creates `folder` and locks it; returns the function that unlocks.
 *
 * @throws L3M_RUN_LOCKED while another process holds it, L3M_RUN_DIR when it cannot be written
 */
export function lockRunDir(folder: string): () => void {
  const file = path.join(folder, "lock");
  const me: Owner = { pid: process.pid, host: hostname(), started: startTime(process.pid) };
  try {
    mkdirSync(folder, { recursive: true });
    const owner = existsSync(file) ? readOwner(file) : undefined;
    if (owner !== undefined && isAlive(owner)) {
      throw new L3mError("L3M_RUN_LOCKED", {
        message: "Another run is writing to this run directory.",
        where: { file: folder },
        got: `process ${owner.pid} on ${owner.host}`,
        fix: `Wait for it, stop it, or choose another --run-dir. If that process is no run, delete ${file}.`,
      });
    }
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(me), { flag: "wx" });
  } catch (error) {
    throw error instanceof L3mError ? error : writeError(error, folder);
  }
  return () => rmSync(file, { force: true });
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return owner.started === null || owner.started === startTime(owner.pid);
}

/** Start time of a process in clock ticks since boot (Linux), otherwise null. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
