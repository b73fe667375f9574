/** What an installation reports while it works. */

/** `bytesPerSecond` and `secondsLeft` are of the current file; they are 0 until known. */
export interface InstallProgress {
  readonly phase: "download" | "verify" | "unpack" | "build" | "wait";
  /** The file that is worked on. */
  readonly file: string;
  /** Bytes done and in all, of this file. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number;
}

export type OnProgress = (progress: InstallProgress) => void;

/** Turns byte counts into progress with a rate; at most one report in 100 ms, and the last one always. */
export function progressMeter(
  phase: InstallProgress["phase"],
  file: string,
  totalBytes: number,
  onProgress: OnProgress | undefined,
): (bytes: number) => void {
  const start = performance.now();
  let startBytes: number | undefined;
  let reported = -Infinity;
  return (bytes) => {
    startBytes ??= bytes;
    const now = performance.now();
    if (now - reported < 100 && bytes < totalBytes) return;
    reported = now;
    const seconds = (now - start) / 1000;
    const bytesPerSecond = seconds > 0 ? (bytes - startBytes) / seconds : 0;
    onProgress?.({
      phase,
      file,
      bytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond > 0 ? (totalBytes - bytes) / bytesPerSecond : 0,
    });
  };
}
