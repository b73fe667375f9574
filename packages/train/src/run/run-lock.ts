/** One run per run directory: a lock file with the owner's process id, taken over when that process is gone. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
 * Creates `folder` and locks it; returns the function that unlocks (and removes the folder again if nothing was written).
 *
 * @throws L3M_RUN_LOCKED while another process holds it, L3M_RUN_DIR when it cannot be written
 */
export function lockRunDir(folder: string): () => void {
  const file = path.join(folder, "lock");
  const mine = path.join(folder, `.lock.${process.pid}.tmp`);
  const me: Owner = { pid: process.pid, host: hostname(), started: startTime(process.pid) };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(mine, JSON.stringify(me));
    while (!linked(mine, file)) {
      const owner = readOwner(file);
      if (owner !== undefined && isAlive(owner)) throw lockedError(folder, file, owner);
      takeAway(file, owner);
    }
    rmSync(mine, { force: true });
  } catch (error) {
    if (existsSync(mine)) rmSync(mine, { force: true });
    throw error instanceof L3mError ? error : writeError(error, folder);
  }
  return () => {
    rmSync(file, { force: true });
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  };
}

/** Puts the whole file `mine` in the place of `file`, unless something is there. */
function linked(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone, but not one that a third process put there in the meantime. */
function takeAway(file: string, owner: Owner | undefined): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another process was faster
  }
  const taken = readOwner(aside);
  if (taken?.pid !== owner?.pid || taken?.started !== owner?.started) linked(aside, file);
  rmSync(aside, { force: true });
}

function lockedError(folder: string, file: string, owner: Owner): L3mError {
  return new L3mError("L3M_RUN_LOCKED", {
    message: "Another run is writing to this run directory.",
    where: { file: folder },
    expected: "a run directory that no other process uses",
    got: `process ${owner.pid} on ${owner.host}`,
    fix: `Wait for it, stop it, or choose another --run-dir. If that process is no run, delete ${file}.`,
  });
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
