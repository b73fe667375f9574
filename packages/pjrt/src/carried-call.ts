/**
 * A program whose results come back as its arguments, call after call: a training step and its state. The carried buffers
 * are handles in the memory of the call, so between two calls their pointers are moved by a few block copies, and nothing in
 * JavaScript stands for a single one of them.
 */
import { invariant, L3mError } from "@l3m/errors";
import { PjrtBuffer } from "./buffer.ts";
import type { ExecuteCall } from "./execute-call.ts";
import type { PjrtExecutable } from "./executable.ts";
import { NativeStruct } from "./native/struct.ts";

/** Result number `result` of a call is argument number `argument` of the next one. */
export interface Carry {
  readonly argument: number;
  readonly result: number;
}

/** Neighbouring results that become neighbouring arguments: pointers that move together. */
interface Run {
  readonly from: BigUint64Array;
  readonly to: BigUint64Array;
}

/** Made by {@link PjrtExecutable.carry}. Owns the carried buffers from {@link load} until {@link unload} or {@link destroy}. */
export class CarriedCall {
  readonly #executable: PjrtExecutable;
  readonly #call: ExecuteCall;
  readonly #carries: readonly Carry[];
  /** Numbers of the arguments that {@link execute} takes, and of the results that it gives. */
  readonly #otherArguments: readonly number[];
  readonly #otherResults: readonly number[];
  readonly #runs: readonly Run[];
  #loaded = false;

  /** @internal */
  constructor(executable: PjrtExecutable, call: ExecuteCall, carries: readonly Carry[]) {
    this.#executable = executable;
    this.#call = call;
    this.#carries = [...carries].sort((a, b) => a.argument - b.argument);
    const args = new Set(carries.map(({ argument }) => argument));
    const results = new Set(carries.map(({ result }) => result));
    invariant(args.size === carries.length && results.size === carries.length, "a result is carried twice");
    this.#otherArguments = numbersOutside(args, call.numArguments);
    this.#otherResults = numbersOutside(results, executable.numOutputs);
    this.#runs = executable.devices.flatMap((_, device) => runsOf(this.#carries, call, device));
  }

  /** Buffers that it owns, over all devices. */
  get size(): number {
    return this.#loaded ? this.#carries.length * this.#executable.devices.length : 0;
  }

  /** Takes the first arguments: one list per device, in the order of the carries' argument numbers. The objects given are empty afterwards. */
  load(buffers: readonly (readonly PjrtBuffer[])[]): void {
    invariant(!this.#loaded, "a carried call was loaded twice");
    buffers.forEach((list, d) => {
      const slots = this.#call.arguments(d);
      this.#carries.forEach(({ argument }, i) => {
        const buffer = list[i];
        invariant(buffer !== undefined && buffer.handle !== 0n, "a carried argument is missing");
        slots[argument] = buffer.handOver();
      });
    });
    this.#loaded = true;
    this.#executable.client.carried.add(this);
  }

  /**
   * Starts the program; like {@link PjrtExecutable.execute}, for the arguments and results that are not carried. The program
   * must mark the carried arguments as donated.
   *
   * @throws L3M_PJRT when it cannot start; the carried buffers are then still the old ones
   */
  execute(rest: readonly (readonly PjrtBuffer[])[]): PjrtBuffer[][] {
    this.#checkLoaded();
    const executable = this.#executable;
    const { client, devices } = executable;
    for (let d = 0; d < devices.length; d++) {
      const slots = this.#call.arguments(d);
      const list = rest[d] ?? [];
      this.#otherArguments.forEach((argument, i) => (slots[argument] = list[i]?.handle ?? 0n));
    }
    client.api.call("PJRT_LoadedExecutable_Execute", this.#call.args);
    this.#destroyArguments();
    for (const { from, to } of this.#runs) to.set(from);
    return devices.map((_, d) => this.#otherResults.map((result) => this.#wrap(d, result, this.#call.outputs(d))));
  }

  /** Gives the carried buffers back, in the form that {@link load} takes. */
  unload(): PjrtBuffer[][] {
    this.#checkLoaded();
    this.#loaded = false;
    this.#executable.client.carried.delete(this);
    return this.#executable.devices.map((_, d) => {
      const slots = this.#call.arguments(d);
      return this.#carries.map(({ argument, result }) => this.#wrap(d, result, slots, argument));
    });
  }

  /** Frees the carried buffers. A second call does nothing. */
  destroy(): void {
    if (!this.#loaded) return;
    this.#loaded = false;
    this.#executable.client.carried.delete(this);
    this.#destroyArguments();
  }

  #checkLoaded(): void {
    if (this.#loaded) return;
    throw new L3mError("L3M_PJRT", {
      message: "a carried call has no buffers: they were given back, destroyed, or never loaded",
      data: { pjrtCode: "FAILED_PRECONDITION" },
    });
  }

  /** Frees the objects behind the carried arguments; the memory of donated ones already belongs to the results. */
  #destroyArguments(): void {
    const { api } = this.#executable.client;
    for (let d = 0; d < this.#executable.devices.length; d++) {
      const slots = this.#call.arguments(d);
      for (const { argument } of this.#carries)
        api.call("PJRT_Buffer_Destroy", destroyArguments.set("buffer", slots[argument] as bigint));
    }
  }

  #wrap(device: number, result: number, slots: BigUint64Array, slot = result): PjrtBuffer {
    const { client, outputTypes, outputDims, devices } = this.#executable;
    const on = devices[device];
    const type = outputTypes[result];
    invariant(on !== undefined && type !== undefined, "no such result of this program");
    return new PjrtBuffer(client, slots[slot] as bigint, type, outputDims[result] ?? [], on);
  }
}

const destroyArguments = new NativeStruct("PJRT_Buffer_Destroy_Args");

function numbersOutside(taken: ReadonlySet<number>, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => !taken.has(i));
}

/** The pointers to move after a call on `device`; `carries` are in the order of their arguments. */
function runsOf(carries: readonly Carry[], call: ExecuteCall, device: number): readonly Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < carries.length;) {
    const { argument, result } = carries[start] as Carry;
    let count = 1;
    for (let next = carries[start + count]; next !== undefined; next = carries[start + ++count])
      if (next.argument !== argument + count || next.result !== result + count) break;
    runs.push({
      from: call.outputs(device).subarray(result, result + count),
      to: call.arguments(device).subarray(argument, argument + count),
    });
    start += count;
  }
  return runs;
}
