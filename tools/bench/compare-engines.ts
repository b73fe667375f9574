/**
 * Compares the quickstart step between engines, and with plain JAX where a Python that has it is named. Whole processes take
 * turns, so that a machine whose speed drifts is fair to all; medians and ratios are printed.
 *
 *   npx tsx tools/bench/compare-engines.ts [--config FILE] [--rounds N] [--steps N] [--jax PYTHON] ENGINE...
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

interface Timing {
  readonly engine: string;
  readonly stepMs: number;
  readonly dispatchMs?: number;
  readonly traceMs?: number;
  readonly firstStepAfterStartMs?: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: "string", default: "configs/quickstart/clip.yaml" },
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "40" },
    jax: { type: "string" },
  },
});
const engines = positionals.length > 0 ? positionals : ["xla-cpu", "wasm"];
const here = import.meta.dirname;

const results = new Map<string, Timing[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const engine of engines)
    record(engine, run("npx", ["tsx", path.join(here, "quickstart-step.ts"), engine, values.config, values.steps]));
  if (values.jax !== undefined)
    record("plain JAX", run(values.jax, [path.join(here, "jax_quickstart_step.py"), values.steps]));
}

const reference = median(times(engines[0] ?? ""));
console.log(`\n${values.config}, ${values.rounds} rounds of ${values.steps} steps, medians`);
for (const name of results.keys()) {
  const timings = results.get(name) ?? [];
  const step = median(times(name));
  const extra =
    timings[0]?.traceMs === undefined
      ? ""
      : `  dispatch ${median(timings.map((t) => t.dispatchMs ?? NaN)).toFixed(2)} ms  trace ${median(timings.map((t) => t.traceMs ?? NaN)).toFixed(0)} ms  first step after ${(median(timings.map((t) => t.firstStepAfterStartMs ?? NaN)) / 1000).toFixed(2)} s`;
  console.log(
    `${name.padEnd(12)} ${step.toFixed(1).padStart(8)} ms/step  ${(step / reference).toFixed(2).padStart(6)} x${extra}`,
  );
}

function record(name: string, timing: Timing): void {
  results.set(name, [...(results.get(name) ?? []), timing]);
  console.log(`${name.padEnd(12)} ${timing.stepMs.toFixed(1).padStart(8)} ms/step`);
}

function run(command: string, args: readonly string[]): Timing {
  const output = execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
  const line = output.split("\n").findLast((text) => text.startsWith("{")) ?? "{}";
  return JSON.parse(line) as Timing;
}

function times(name: string): number[] {
  return (results.get(name) ?? []).map(({ stepMs }) => stepMs);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
