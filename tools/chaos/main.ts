/** Command line of the chaos run: prints every kill and a summary; exit code 1 on any difference. */
import { parseArgs } from "node:util";
import { buildOnce } from "../e2e/run-l3m.ts";
import { chaos } from "./chaos.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    steps: { type: "string", default: "120" },
    "checkpoint-every": { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    config: { type: "string", default: "configs/quickstart/clip.yaml" },
  },
});

await buildOnce();
const { kills, differences } = await chaos({
  config: values.config,
  kills: Number(values.kills),
  steps: Number(values.steps),
  checkpointEvery: Number(values["checkpoint-every"]),
  seed: Number(values.seed),
  log: (line) => console.log(line),
});
const count = (kind: string): number => kills.filter((moment) => moment.kind === kind).length;
console.log(
  `\n${kills.length} kills: ${count("start")} at the start, ${count("step")} between steps, ${count("checkpoint")} while a checkpoint was written`,
);
for (const difference of differences.slice(0, 20)) console.log(`  ${difference}`);
console.log(
  differences.length === 0
    ? "step, loss, lr and grad_norm are bit-identical to the uninterrupted run"
    : `${differences.length} differences`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
