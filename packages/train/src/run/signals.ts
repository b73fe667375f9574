/** Ctrl-C and SIGTERM: the first one asks the run to save and leave, the second one leaves at once. */

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Which signal came, if any. */
  received(): NodeJS.Signals | undefined;
  /** Stops listening. */
  release(): void;
}

/** Listens for SIGINT and SIGTERM; `also` aborts as well. */
export function listenForStop(onFirst: (signal: NodeJS.Signals) => void, also?: AbortSignal): StopSignal {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    if (received !== undefined) {
      // as if nobody had listened: the process ends at once, also while native code computes
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      return;
    }
    received = signal;
    onFirst(signal);
    controller.abort();
  };
  const forward = (): void => controller.abort();
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  if (also?.aborted === true) controller.abort();
  also?.addEventListener("abort", forward);
  return {
    signal: controller.signal,
    received: () => received,
    release() {
      process.off("SIGINT", handle);
      process.off("SIGTERM", handle);
      also?.removeEventListener("abort", forward);
    },
  };
}
