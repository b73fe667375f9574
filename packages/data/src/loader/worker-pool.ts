/** Batches made by worker threads into a few shared buffers that are used again and again. */
import { Worker } from "node:worker_threads";
import { L3mError } from "@l3m/errors";
import { type BatchMaker, type BatchRequest, closedError, type FinishedBatch } from "./batch-maker.ts";
import { openBatch } from "./shared-batch.ts";
import { receiveError, type WorkerReply, type WorkerRequest, type WorkerSetup } from "./worker-messages.ts";

/** How long a worker may finish what it is doing before it is stopped. */
const CLOSE_TIMEOUT_MS = 2000;

// In a checkout the sources run under a test runner that threads do not inherit: workers always run the compiled file.
const ENTRY = new URL(import.meta.url.endsWith(".ts") ? "../../dist/loader/worker.js" : "./worker.js", import.meta.url);

interface Pending {
  resolve(batch: FinishedBatch): void;
  reject(error: unknown): void;
}

interface Member {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** Why this worker makes no more batches. */
  failure?: Error;
}

/** Worker threads that make batches in turn. They keep the process alive only while a batch is awaited. */
export class WorkerPool implements BatchMaker {
  readonly #members: readonly Member[];
  readonly #freeBuffers: SharedArrayBuffer[] = [];
  #nextId = 0;
  #closed: Promise<void> | undefined;

  constructor(workers: number, setup: WorkerSetup) {
    this.#members = Array.from({ length: workers }, () => this.#start(setup));
  }

  /** Requests go to the workers in turn. */
  make({ indices, draw }: BatchRequest): Promise<FinishedBatch> {
    const id = this.#nextId++;
    const member = this.#members[id % this.#members.length];
    if (member === undefined || this.#closed !== undefined) return Promise.reject(closedError());
    if (member.failure !== undefined) return Promise.reject(member.failure);
    const request: WorkerRequest = { id, indices, draw, buffer: this.#freeBuffers.pop() };
    return new Promise((resolve, reject) => {
      member.pending.set(id, { resolve, reject });
      member.worker.ref(); // a worker keeps the process alive only while a batch is awaited
      member.worker.postMessage(request);
    });
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all(this.#members.map(closeMember)).then(() => undefined);
    return this.#closed;
  }

  #start(setup: WorkerSetup): Member {
    const worker = new Worker(ENTRY, { workerData: setup });
    const member: Member = { worker, pending: new Map() };
    worker.unref();
    worker.on("message", (reply: WorkerReply) => this.#receive(member, reply));
    worker.on("error", (error) => fail(member, error instanceof Error ? error : diedError(1)));
    worker.on("exit", (code) => fail(member, this.#closed === undefined ? diedError(code) : closedError()));
    return member;
  }

  #receive(member: Member, reply: WorkerReply): void {
    const pending = member.pending.get(reply.id);
    member.pending.delete(reply.id);
    if (member.pending.size === 0) member.worker.unref();
    if (pending === undefined) return;
    if ("error" in reply) {
      pending.reject(receiveError(reply.error));
      return;
    }
    const { shared, skipped } = reply;
    const batch = shared === undefined ? undefined : openBatch(shared);
    pending.resolve({
      batch,
      skipped,
      release: () => void (shared === undefined || this.#freeBuffers.push(shared.buffer)),
    });
  }
}

async function closeMember(member: Member): Promise<void> {
  fail(member, closedError());
  const ended = new Promise<void>((resolve) => member.worker.once("exit", () => resolve()));
  if (member.worker.threadId === -1) return; // has ended already
  member.worker.ref();
  member.worker.postMessage("close" satisfies WorkerRequest);
  const timer = setTimeout(() => void member.worker.terminate(), CLOSE_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Rejects what is awaited of a worker, now and later. The first reason stays. */
function fail(member: Member, error: Error): void {
  member.failure ??= error;
  for (const { reject } of member.pending.values()) reject(error);
  member.pending.clear();
}

function diedError(code: number): L3mError {
  return new L3mError("L3M_INVARIANT", {
    message: `A data worker ended by itself (exit code ${code}).`,
    fix: "If memory is short, use fewer workers or smaller batches.",
  });
}
