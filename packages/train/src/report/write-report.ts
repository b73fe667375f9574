/** Collects what the report page shows and writes it. */
import type { MetricRun } from "@l3m/core";
import { encodePng } from "@l3m/data";
import type { Validation, ValidationSet } from "../evaluate.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import type { Experiment } from "../run/open-experiment.ts";
import type { ScoreRow } from "../run/reporter.ts";
import { writeRunFile } from "../run/run-dir.ts";
import { type Gallery, renderReport } from "./report.ts";

/** Images in the gallery, and captions shown for each. */
const SHOWN = 24;
const NEAREST = 3;

export interface ReportInputs {
  readonly file: string;
  readonly experiment: Experiment;
  readonly engine: string;
  readonly metrics: readonly MetricsLine[];
  readonly scores: readonly { readonly set: string; readonly rows: readonly ScoreRow[] }[];
  readonly validation: Validation;
  readonly sets: readonly ValidationSet[];
  readonly config: string;
}

export async function writeReport(inputs: ReportInputs): Promise<void> {
  const { experiment, metrics, sets, validation } = inputs;
  const steps = metrics.filter((line) => typeof line["loss"] === "number");
  const mean = (lines: readonly MetricsLine[]): string =>
    (lines.reduce((sum, line) => sum + Number(line["loss"]), 0) / Math.max(lines.length, 1)).toFixed(3);
  const facts: [string, string][] = [
    ["engine", inputs.engine],
    ["steps", `${steps.at(-1)?.step ?? 0}`],
    ["seed", `${experiment.config.experiment.seed}`],
    ["loss", `${mean(steps.slice(0, 1))} at the start, ${mean(steps.slice(-20))} over the last 20 steps`],
    ["written", new Date().toISOString()],
  ];
  const [first] = sets;
  const html = renderReport({
    name: experiment.config.experiment.name,
    facts,
    metrics: steps,
    scores: inputs.scores,
    gallery: first === undefined ? undefined : await galleryOf(first, validation.runs.get(first.name) ?? []),
    config: inputs.config,
    credits: sets.flatMap(({ source }) => source.credits ?? []).filter((line, i, all) => all.indexOf(line) === i),
  });
  writeRunFile(inputs.file, html);
}

/** Evenly spaced samples with an image and a caption, and what the first retrieval-like metric finds for them. */
async function galleryOf(set: ValidationSet, runs: readonly MetricRun[]): Promise<Gallery | undefined> {
  const neighbours = runs.find((run) => run.neighbours !== undefined);
  const count = Math.min(SHOWN, set.source.length);
  const rows = Array.from({ length: count }, (_, i) => Math.floor((i * set.source.length) / count));
  const found = neighbours?.neighbours?.(rows, NEAREST);
  if (found === undefined) return undefined;
  const items: Gallery["items"][number][] = [];
  for (const [i, row] of rows.entries()) {
    const sample = await set.source.sample(row);
    if (sample?.image === undefined) return undefined;
    const nearest = await Promise.all(
      (found[i] ?? []).map(async (hit) => ({
        caption: (await set.source.sample(hit.row))?.text ?? `sample ${hit.row}`,
        score: hit.score,
        isTrue: hit.row === row,
      })),
    );
    items.push({
      image: `data:image/png;base64,${(await encodePng(sample.image)).toString("base64")}`,
      caption: sample.text,
      nearest,
    });
  }
  return { set: set.name, items };
}
