/**
 * The profiler extension of a plugin (PLUGIN_Profiler_Api, xla/backends/profiler/plugin/profiler_c_api.h): what ran on the device,
 * and for how long. Plugins for CUDA have it, through CUPTI; those for the CPU do not.
 */
import { invariant, L3mError } from "@l3m/errors";
import type { PjrtApi } from "./api.ts";
import { ENUMS } from "./generated/pjrt-c-api.ts";
import { addressOf, pointerFunction, readBytes, readText, readWords } from "./native/system.ts";

/** Functions of PLUGIN_Profiler_Api by their place in the table, which starts with its size and a private pointer. */
const PLACES = {
  error_destroy: 2,
  error_message: 3,
  create: 5,
  destroy: 6,
  start: 7,
  stop: 8,
  collect_data: 9,
} as const;

/** tensorflow.ProfileOptions: device_tracer_level 1, version 1, device_type GPU; no tracing of the host. */
const OPTIONS = Uint8Array.of(0x18, 1, 0x28, 1, 0x30, 2);

/** Records what the devices of a plugin do between {@link start} and {@link stop}. */
export class PjrtProfiler {
  readonly #table: BigUint64Array;
  #profiler = 0n;

  private constructor(table: BigUint64Array) {
    this.#table = table;
  }

  /** The profiler of a plugin, or undefined when it has none. */
  static of(api: PjrtApi): PjrtProfiler | undefined {
    const extension = api.extension(ENUMS.PJRT_Extension_Type.Profiler);
    if (extension === undefined) return undefined;
    const [table = 0n] = readWords(extension + 24n, 1); // after the base of every extension
    return new PjrtProfiler(readWords(table, PLACES.collect_data + 1));
  }

  /** Starts recording. @throws L3M_PJRT, for example when CUPTI does not load or another profiler is at work */
  start(): void {
    invariant(this.#profiler === 0n, "a profiler that is started twice");
    const create = new BigUint64Array([32n, addressOf(OPTIONS), BigInt(OPTIONS.length), 0n]);
    this.#call("create", create);
    this.#profiler = create[3] ?? 0n;
    this.#call("start", new BigUint64Array([16n, this.#profiler]));
  }

  /**
   * Stops recording.
   *
   * @returns a serialized tensorflow.profiler.XSpace, maybe with zeros at its end: the content of an `.xplane.pb` file
   */
  stop(): Uint8Array<ArrayBuffer> {
    this.#call("stop", new BigUint64Array([16n, this.#profiler]));
    const collect = new BigUint64Array([32n, this.#profiler, 0n, 0n]);
    this.#call("collect_data", collect);
    let data = new Uint8Array(Number(collect[3]));
    if (collect[2] !== 0n) data = readBytes(collect[2] ?? 0n, data.length);
    else {
      collect[2] = addressOf(data);
      this.#call("collect_data", collect);
    }
    this.#call("destroy", new BigUint64Array([16n, this.#profiler]));
    this.#profiler = 0n;
    return data;
  }

  #call(name: keyof typeof PLACES, args: BigUint64Array): void {
    const error = BigInt(this.#function(name)(addressOf(args)));
    if (error === 0n) return;
    const message = new BigUint64Array([40n, 0n, error, 0n, 0n]);
    this.#function("error_message")(addressOf(message));
    const text = readText(message[3] ?? 0n, Number(message[4]));
    this.#function("error_destroy")(addressOf(new BigUint64Array([24n, 0n, error])));
    throw new L3mError("L3M_PJRT", { message: `the profiler's ${name} failed: ${text}` });
  }

  #function(name: keyof typeof PLACES) {
    return pointerFunction(this.#table[PLACES[name]] ?? 0n);
  }
}
