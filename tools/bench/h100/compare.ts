/**
 * One model, several implementations of its training step: ours, the PyTorch twin, ml-l3m where the user has it, plain JAX. Whole
 * processes take turns, never two at once, so that a machine whose clock drifts is fair to all. The first round also fills the caches
 * of every contestant; what it says about compiling is the cold start, what later rounds say the warm one.
 *
 *   compare CONFIG [--rounds 3] [--steps 15] [--warmup 5] [--budget SECONDS] [--timeout SECONDS] [--out DIR] [--cache DIR]
 *           [--only NAME,...] [--engine NAME] [--set KEY=VALUE ...] [--horizon N] [--flags="--xla_..."] [--jax-flags="--xla_..."]
 *           [--ours-args="--from-data"] [--twin-args="--..."] [--jax-args="--..."]
 *           [--upstream FOLDER --upstream-script FILE --upstream-config FILE [--upstream-args="--..."]]
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { contestants } from "./contestants.ts";
import { lossDifference, resultsTable } from "./results-table.ts";
import { type Failure, type Run, runContestant } from "./run-contestant.ts";

/** The flags that ours compiles with on CUDA (PLATFORM_FLAGS of @l3m/tfjs-backend-xla), for JAX. */
const SAME_FLAGS = "--xla_gpu_enable_triton_gemm=false --xla_disable_hlo_passes=rematerialization";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "15" },
    warmup: { type: "string", default: "5" },
    budget: { type: "string", default: "570" },
    timeout: { type: "string", default: "200" },
    out: { type: "string", default: path.join(tmpdir(), "l3m-bench") },
    cache: { type: "string", default: path.join(tmpdir(), "l3m-bench-cache") },
    only: { type: "string" },
    engine: { type: "string", default: "xla" },
    set: { type: "string", multiple: true, default: [] },
    horizon: { type: "string" },
    flags: { type: "string", default: "" },
    "jax-flags": { type: "string", default: SAME_FLAGS },
    python: { type: "string", default: "python3" },
    "ours-args": { type: "string", default: "" },
    "twin-args": { type: "string", default: "" },
    "jax-args": { type: "string", default: "" },
    upstream: { type: "string" },
    "upstream-script": { type: "string" },
    "upstream-config": { type: "string" },
    "upstream-args": { type: "string", default: "" },
  },
});
const started = performance.now();
const secondsLeft = (): number => Number(options.budget) - (performance.now() - started) / 1000;
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");
const out = path.resolve(options.out);
const cache = path.resolve(options.cache);
mkdirSync(out, { recursive: true });
mkdirSync(cache, { recursive: true });

const all = contestants({
  config: positionals[0] ?? "configs/llm/257m.yaml",
  engine: options.engine,
  steps: Number(options.steps),
  warmup: Number(options.warmup),
  set: options.set,
  horizon: options.horizon,
  flags: options.flags,
  jaxFlags: options["jax-flags"],
  python: options.python,
  oursArgs: words(options["ours-args"]),
  twinArgs: words(options["twin-args"]),
  jaxArgs: words(options["jax-args"]),
  upstream:
    options.upstream === undefined ||
    options["upstream-script"] === undefined ||
    options["upstream-config"] === undefined
      ? undefined
      : {
          folder: options.upstream,
          script: options["upstream-script"],
          config: options["upstream-config"],
          args: words(options["upstream-args"]),
        },
  out,
  cache,
});
const wanted = options.only?.split(",");
const chosen = all.filter(({ name }) => wanted === undefined || wanted.includes(name));

const runs: Run[] = [];
const failures: Failure[] = [];
for (let round = 1; round <= Number(options.rounds); round++) {
  for (const contestant of chosen) {
    const { name } = contestant;
    const needed = runs.findLast(({ who }) => who === name)?.wall_s ?? 0;
    if (failures.some(({ who }) => who === name)) continue;
    if (needed > secondsLeft()) {
      note({
        who: name,
        round,
        reason: `not run: ${secondsLeft().toFixed(0)} s are left and the last run took ${needed} s`,
      });
      continue;
    }
    const result = runContestant(contestant, round, Math.min(Number(options.timeout), secondsLeft()), out, cache);
    if ("reason" in result) note(result);
    else {
      runs.push(result);
      console.log(
        `${round}  ${name.padEnd(18)} ${result.step_ms.toFixed(2).padStart(9)} ms a step, ${result.wall_s} s in all`,
      );
    }
    save();
  }
}

const { flops } = JSON.parse(readFileSync(path.join(out, "spec.json"), "utf8")) as { flops: number };
const lines = [resultsTable(runs, flops), ""];
for (const other of ["PyTorch twin", "plain JAX"]) {
  const difference = lossDifference(runs, "ours", other);
  if (difference !== undefined)
    lines.push(`first losses of ours and ${other}: at most ${(difference * 100).toFixed(3)} % apart`);
}
for (const { who, round, reason } of failures) lines.push(`round ${round}, ${who}: ${reason}`);
const report = lines.join("\n");
console.log(`\n${report}`);
writeFileSync(path.join(out, "results.md"), `${report}\n`);
save();
process.exitCode = runs.some(({ who }) => who === "ours") ? 0 : 1;

function note(failure: Failure): void {
  failures.push(failure);
  console.log(`${failure.round}  ${failure.who.padEnd(18)} ${failure.reason}`);
}

function save(): void {
  writeFileSync(
    path.join(out, "results.json"),
    `${JSON.stringify({ config: positionals[0], options, runs, failures }, null, 1)}\n`,
  );
}
