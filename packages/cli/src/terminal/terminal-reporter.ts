/** Progress on the terminal: a live line where there is one, plain lines in pipes, logs and CI. */
import { SingleBar } from "cli-progress";
import pc from "picocolors";
import { formatScores, formatStep, plainReporter, type Reporter } from "@l3m/train";

/** True for a terminal that can redraw a line. */
function isInteractive(stream: NodeJS.WriteStream = process.stderr): boolean {
  return stream.isTTY === true && (stream.columns ?? 0) > 0 && process.env["CI"] === undefined;
}

/** A live reporter on a terminal unless plain lines are wanted. `close` must be called at the end, also after an error. */
export function terminalReporter(progress: "auto" | "lines" = "auto"): Reporter & { close(): void } {
  if (progress === "lines" || !isInteractive()) return { ...plainReporter(), close: () => undefined };
  let bar: { readonly name: string; readonly view: SingleBar } | undefined;
  const close = (): void => {
    bar?.view.stop();
    bar = undefined;
  };
  const show = (name: string, format: string, done: number, total: number, payload: object): void => {
    if (bar?.name !== name) {
      close();
      const view = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true, fps: 8 });
      view.start(total, done, payload);
      bar = { name, view };
    }
    bar.view.setTotal(total);
    bar.view.update(done, payload);
    if (done >= total) close();
  };
  const above = (line: string): void => {
    close();
    process.stdout.write(`${line}\n`);
  };
  return {
    info: above,
    warn: (text) => above(`${pc.yellow("warning")} ${text}`),
    work: (name, done, total) => show(name, `${name} {bar} {percentage} %  ETA {eta_formatted}`, done, total, {}),
    step(progress) {
      const line = formatStep(progress);
      show("train", "{bar} {line}", progress.step, progress.total, { line });
      if (progress.step === progress.total || progress.step % Math.max(1, Math.round(progress.total / 20)) === 0)
        above(line);
    },
    scores: (title, rows) => above(`\n${pc.bold(title)}${formatScores("", rows)}`),
    close,
  };
}
