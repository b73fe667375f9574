/** The command line of the golden runner: cases in folders, on an engine, with a table. Exit code 1 on any failure. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Registry } from "@l3m/core";
import { isL3mError, L3mError } from "@l3m/errors";
import preset from "@l3m/preset-l3m";
import { formatRow, formatTotals, runGoldens, type CaseResult, type GoldenPrecision, type Jit } from "@l3m/testing";
import { type Engine, openEngine } from "@l3m/train";
import { goldenStandIns } from "./toy-tokenizer.ts";

const USAGE = "npm run goldens -- DIR... [--engine NAME] [--only GLOB] [--json FILE] [--compat] [--precision bf16]";

async function main(): Promise<number> {
  const { dirs, engine: engineName, only, json, compat, precision } = readArguments();
  const engine = await openEngine(engineName, { onProgress: (line) => console.error(line) });
  console.log(engine.description);
  try {
    const registry = new Registry([...preset, goldenStandIns]);
    const onResult = (result: CaseResult): void => console.log(formatRow(result, 56));
    const jit = jitOf(engine);
    const results = await runGoldens(dirs, {
      registry,
      compat,
      precision,
      onResult,
      ...(only === undefined ? {} : { only }),
      ...(jit === undefined ? {} : { jit }),
    });
    if (json !== undefined)
      writeFileSync(json, `${JSON.stringify({ engine: engine.name, compat, precision, results }, null, 1)}\n`);
    if (results.length === 0)
      console.error(`No case${only === undefined ? "" : ` that matches ${only}`} under ${dirs.join(", ")}.`);
    console.log(`\n${formatTotals(results)}`);
    return results.length === 0 || results.some(({ verdict }) => verdict === "failed") ? 1 : 0;
  } finally {
    await engine.stop();
  }
}

interface Arguments {
  readonly dirs: readonly string[];
  readonly engine: string;
  readonly only: string | undefined;
  readonly json: string | undefined;
  readonly compat: boolean;
  readonly precision: GoldenPrecision;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        engine: { type: "string", default: "xla-cpu" },
        only: { type: "string" },
        json: { type: "string" },
        compat: { type: "boolean", default: false },
        precision: { type: "string", default: "f32" },
      },
    });
    if (positionals.length === 0) throw new TypeError("no folder was given");
    const { engine, only, json, compat, precision } = values;
    if (precision !== "f32" && precision !== "bf16") throw new TypeError(`there is no precision "${precision}"`);
    return { dirs: positionals, engine, only, json, compat, precision };
  } catch (error) {
    throw new L3mError("L3M_USAGE", {
      message: (error as Error).message,
      expected: USAGE,
      fix: "Name folders of golden cases.",
    });
  }
}

/** How the engine compiles a whole case; eager engines run op by op. */
function jitOf(engine: Engine): Jit | undefined {
  if (!engine.compiles) return undefined;
  return (fn) => engine.jit(fn, { name: "golden" });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(isL3mError(error) ? error.message : error);
  process.exitCode = 1;
}
