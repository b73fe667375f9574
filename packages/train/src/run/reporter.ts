/** What a run tells people while it works. The command line draws it; the default prints plain lines. */

export interface StepProgress {
  readonly step: number;
  readonly total: number;
  readonly loss: number;
  readonly lr: number;
  readonly gradNorm: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

export interface Reporter {
  /** Something worth knowing. */
  info(text: string): void;
  /** Something that may be wrong. */
  warn(text: string): void;
  /** Work that takes a while; called again with the same `name` as it goes on. */
  work(name: string, done: number, total: number): void;
  step(progress: StepProgress): void;
  /** A table of final scores: rows of name and value, with an optional second value to compare with. */
  scores(title: string, rows: readonly ScoreRow[]): void;
}

export interface ScoreRow {
  readonly name: string;
  readonly value: number;
  /** The same score of an untrained baseline. */
  readonly baseline?: number;
}

/** Plain lines; works in pipes and log files. */
export function plainReporter(
  write: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Reporter {
  let lastWork = "";
  return {
    info: write,
    warn: (text) => write(`warning: ${text}`),
    work(name, done, total) {
      const line = `${name}: ${Math.floor((100 * done) / Math.max(total, 1) / 10) * 10} %`;
      if (line !== lastWork) write(line);
      lastWork = line;
    },
    step: (progress) => write(formatStep(progress)),
    scores: (title, rows) => write(formatScores(title, rows)),
  };
}

/** `step 120/2500  loss 3.1416  lr 1.2e-3  |g| 0.87  2130 samples/s  ETA 2m 41s` */
export function formatStep(progress: StepProgress): string {
  const { step, total, loss, lr, gradNorm, samplesPerSecond, secondsLeft } = progress;
  return [
    `step ${String(step).padStart(String(total).length)}/${total}`,
    `loss ${loss.toFixed(4)}`,
    `lr ${lr.toExponential(2)}`,
    `|g| ${gradNorm.toFixed(3)}`,
    `${samplesPerSecond.toFixed(0)} samples/s`,
    `ETA ${formatDuration(secondsLeft)}`,
  ].join("  ");
}

/** `2m 41s` */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole}s`;
}

/** A small table; a baseline column appears when any row has one. */
export function formatScores(title: string, rows: readonly ScoreRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 4);
  const withBaseline = rows.some(({ baseline }) => baseline !== undefined);
  const head = `${"".padEnd(width)}  ${"model".padStart(8)}${withBaseline ? `  ${"baseline".padStart(8)}` : ""}`;
  const lines = rows.map(({ name, value, baseline }) => {
    const compared = withBaseline ? `  ${(baseline === undefined ? "" : baseline.toFixed(2)).padStart(8)}` : "";
    return `${name.padEnd(width)}  ${value.toFixed(2).padStart(8)}${compared}`;
  });
  return [title, head, ...lines].join("\n");
}
