/** Runs the real `l3m` command in a process of its own, as a user would. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The top folder of the repository. */
export const ROOT = path.join(import.meta.dirname, "..", "..");
const BIN = path.join(ROOT, "packages", "cli", "bin", "l3m.js");

/** How a command ended. */
export interface Ended {
  /** Null after a signal that the process did not handle. */
  readonly code: number | null;
  /** That signal. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Over those of this process; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Everything on stdout so far. */
  stdout(): string;
}

/** Starts `l3m ARGS...`. */
export function startL3m(args: readonly string[], options: CommandOptions = {}): Running {
  return startNode([BIN, ...args], options);
}

/** Starts `node ARGS...`, without colours and without a terminal. */
export function startNode(args: readonly string[], { env = {}, cwd = ROOT }: CommandOptions = {}): Running {
  const merged = {
    ...process.env,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    VITEST: undefined,
    NODE_OPTIONS: undefined,
    ...env,
  };
  const child = spawn(process.execPath, [...args], { cwd, env: merged, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout };
}

/** Runs `l3m ARGS...` to its end. */
export function l3m(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startL3m(args, options).ended;
}

/** Compiles the checkout once, also when several test files ask at the same time: the first one does, the others wait. */
export async function buildOnce(): Promise<void> {
  const lock = path.join(tmpdir(), `l3m-e2e-build-${process.getuid?.() ?? 0}`);
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > 300_000) rmSync(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    execFileSync(
      process.execPath,
      [path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b", "packages/cli"],
      {
        cwd: ROOT,
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
