/** Something that XLA finishes later. Waiting polls from the event loop: a callback from XLA's threads could deadlock it. */
import type { PjrtApi } from "./api.ts";
import { NativeStruct } from "./native/struct.ts";

/** Waits shorter than this are polled on every turn of the event loop, longer ones by a timer. */
const EAGER_MS = 0.2;
const LONGEST_PAUSE_MS = 10;

/** Owns one PJRT_Event; it is destroyed as soon as its outcome is known. */
export class PjrtEvent {
  private readonly api: PjrtApi;
  private readonly pending: Set<PjrtEvent>;
  private handle: bigint;
  private error: unknown;

  /** `pending` holds the events of the client that nobody has seen the end of. */
  constructor(api: PjrtApi, handle: bigint, pending: Set<PjrtEvent>) {
    this.api = api;
    this.handle = handle;
    this.pending = pending;
    pending.add(this);
  }

  /** Resolves when it happened. The event loop turns meanwhile. @throws L3M_PJRT when what was awaited failed */
  async wait(): Promise<void> {
    const start = performance.now();
    while (!this.poll()) {
      const waited = performance.now() - start;
      await (waited < EAGER_MS ? nextTurn() : pause(Math.min(LONGEST_PAUSE_MS, waited / 32)));
    }
    if (this.error !== undefined) throw this.error;
  }

  /** Blocks the thread until it happened. @throws L3M_PJRT when what was awaited failed */
  waitSync(): void {
    this.settle();
    if (this.error !== undefined) throw this.error;
  }

  /** Blocks until it happened, keeps a failure for whoever waits, and frees the native event. */
  settle(): void {
    if (this.handle !== 0n) this.finish("PJRT_Event_Await");
  }

  /** True once it happened, well or not; never blocks. */
  poll(): boolean {
    if (this.handle === 0n) return true;
    const args = new NativeStruct("PJRT_Event_IsReady_Args").set("event", this.handle);
    this.api.call("PJRT_Event_IsReady", args);
    if (!args.getBool("is_ready")) return false;
    this.finish("PJRT_Event_Error");
    return true;
  }

  private finish(how: "PJRT_Event_Await" | "PJRT_Event_Error"): void {
    const handle = this.handle;
    this.handle = 0n;
    this.pending.delete(this);
    try {
      this.api.call(how, new NativeStruct(`${how}_Args`).set("event", handle));
    } catch (error) {
      this.error = error;
    }
    this.api.call("PJRT_Event_Destroy", new NativeStruct("PJRT_Event_Destroy_Args").set("event", handle));
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
