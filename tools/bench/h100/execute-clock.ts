/** Time spent inside `PJRT_LoadedExecutable_Execute`: XLA's own part of a step's call on the host. */
import { performance } from "node:perf_hooks";
import { PjrtApi } from "@l3m/pjrt";

/** Starts to measure every call in this process; the function returns the milliseconds since it was last asked. */
export function startExecuteClock(): () => number {
  let spent = 0;
  const call = PjrtApi.prototype.call;
  PjrtApi.prototype.call = function (this: PjrtApi, ...args: Parameters<typeof call>): void {
    const start = performance.now();
    call.apply(this, args);
    if (args[0] === "PJRT_LoadedExecutable_Execute") spent += performance.now() - start;
  };
  return () => {
    const taken = spent;
    spent = 0;
    return taken;
  };
}
