/** Tells people that the engine compiles, and for how long. */
import type { Reporter } from "./reporter.ts";

/** Waits for `work`; a line every `every` seconds says that it goes on. Says nothing of work that is done before. */
export async function whileCompiling<T>(reporter: Pick<Reporter, "info">, work: Promise<T>, every = 5): Promise<T> {
  const start = performance.now();
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  let told = false;
  const timer = setInterval(() => {
    told = true;
    reporter.info(`engine    compiling the step: ${seconds()}`);
  }, every * 1000);
  try {
    const result = await work;
    if (told) reporter.info(`engine    compiled the step in ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
