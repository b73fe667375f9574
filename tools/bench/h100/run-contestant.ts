/** Runs one program to its end and reads its JSON line. */
import { spawnSync } from "node:child_process";
import { openSync, closeSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Contestant } from "./contestants.ts";

/** What one run told; names as the programs print them. */
export interface Run {
  readonly who: string;
  readonly round: number;
  /** Seconds of the whole process. */
  readonly wall_s: number;
  readonly step_ms: number;
  readonly min_ms?: number;
  readonly samples_per_s?: number;
  readonly mfu?: number;
  readonly peak_gib?: number | null;
  readonly compile_s?: number;
  readonly first_step_s?: number;
  readonly host_ms?: number;
  readonly losses?: readonly number[];
}

export interface Failure {
  readonly who: string;
  readonly round: number;
  readonly reason: string;
}

/** Runs `contestant` with at most `seconds`; what it writes beside its line goes to a log in `out`. */
export function runContestant(
  contestant: Contestant,
  round: number,
  seconds: number,
  out: string,
  cache: string,
): Run | Failure {
  const { name, command, args, firstArgs = [] } = contestant;
  const log = path.join(out, `${name.replaceAll(" ", "-")}-${round}.log`);
  const descriptor = openSync(log, "w");
  const start = performance.now();
  const { stdout, status, error } = spawnSync(command, [...args, ...(round === 1 ? firstArgs : [])], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", descriptor],
    maxBuffer: 1 << 26,
    timeout: Math.ceil(seconds * 1000),
    killSignal: "SIGKILL",
    env: {
      ...process.env,
      TORCHINDUCTOR_CACHE_DIR: path.join(cache, "inductor"),
      TRITON_CACHE_DIR: path.join(cache, "triton"),
    },
  });
  closeSync(descriptor);
  const wall_s = Math.round((performance.now() - start) / 100) / 10;
  const line = (stdout ?? "").split("\n").findLast((text) => text.startsWith("{"));
  if (status !== 0 || line === undefined) {
    const tail = readFileSync(log, "utf8").trim().split("\n").slice(-4).join(" | ");
    const why = error === undefined ? `exit ${String(status)}` : error.message;
    return { who: name, round, reason: `${why} after ${wall_s} s: ${tail}` };
  }
  const told = JSON.parse(line) as Record<string, unknown>;
  const step_ms = Number(told["step_ms"] ?? told["median_ms"]);
  return { samples_per_s: told["per_s"], ...told, who: name, round, wall_s, step_ms } as Run;
}
