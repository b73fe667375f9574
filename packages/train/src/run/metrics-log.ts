/** metrics.jsonl: one JSON object a line, one line a step, and a last line with `final: true`. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { writeError } from "../checkpoint/save-checkpoint.ts";

export type MetricsLine = { readonly step: number } & { readonly [name: string]: number | string | boolean | null };

export class MetricsLog {
  readonly #file: string;

  /** Opens the log and cuts it back to `step` completed steps, so that a resumed run says every step once. */
  constructor(file: string, step: number) {
    this.#file = file;
    if (!existsSync(file)) return;
    const kept = readMetrics(file).filter((line) => line.step <= step && line["final"] !== true);
    this.#guard(() => {
      writeFileSync(`${file}.tmp`, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
      renameSync(`${file}.tmp`, file);
    });
  }

  append(line: MetricsLine): void {
    this.#guard(() => appendFileSync(this.#file, `${JSON.stringify(line)}\n`));
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw writeError(error, this.#file);
    }
  }
}

/** Every whole line of a log; a line that a crash cut short is left out. */
export function readMetrics(file: string): MetricsLine[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as MetricsLine];
      } catch {
        return [];
      }
    });
}
