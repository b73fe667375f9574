/** Progress as plain lines on stderr, for programs that show no bar of their own. */

const MILLISECONDS_BETWEEN_LINES = 2000;

/** A progress callback that prints `<label> 1200/6900` at most every two seconds, and always the last line. */
export function plainProgress(label: string): (done: number, total: number) => void {
  let last = -Infinity;
  return (done, total) => {
    const now = performance.now();
    if (now - last < MILLISECONDS_BETWEEN_LINES && done < total) return;
    last = now;
    process.stderr.write(`${label} ${done}/${total}\n`);
  };
}
