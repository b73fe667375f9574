/** A loaded plugin: its function table, bounded by the size it reports, and the one way to call into it. */
import { L3mError } from "@l3m/errors";
import { PjrtClient } from "./client.ts";
import { checkClientOptions, type ClientOptions } from "./client-options.ts";
import { checkGpu } from "./cuda/check-gpu.ts";
import { gpuProcesses } from "./cuda/gpu-processes.ts";
import { cudaMajorOf, isCudaPlugin, type NvidiaLibrary } from "./cuda/nvidia-libraries.ts";
import { explainFailure, type GpuFacts } from "./explain-failure.ts";
import { ENUMS, FIRST_FUNCTION_OFFSET, FUNCTIONS } from "./generated/pjrt-c-api.ts";
import { type Attribute, decodeNamedValues, encodeNamedValues } from "./named-values.ts";
import { NativeStruct, type StructName } from "./native/struct.ts";
import { pointerFunction, type PointerFunction, readText, readWords } from "./native/system.ts";
import { checkXlaFlags } from "./xla-flags.ts";

export type FunctionName = (typeof FUNCTIONS)[number];

const CODE_NAMES = new Map<number, string>(Object.entries(ENUMS.PJRT_Error_Code).map(([name, value]) => [value, name]));

/** A plugin, loaded for the rest of the process. Get one from {@link loadPlugin}. */
export class PjrtApi {
  /** The file that it was loaded from. */
  readonly path: string;
  /** The version of the PJRT C API that the plugin was built with. */
  readonly version: { readonly major: number; readonly minor: number };
  /** NVIDIA's libraries that were loaded for it; empty for other plugins, or when CUDA is the system's own. */
  readonly libraries: readonly NvidiaLibrary[];
  readonly #extensions: bigint;
  readonly #addresses: ReadonlyMap<string, bigint>;
  readonly #functions = new Map<FunctionName, PointerFunction>();

  /** `table` is the address of the plugin's PJRT_Api. */
  constructor(path: string, table: bigint, libraries: readonly NvidiaLibrary[] = []) {
    const [structSize = 0n] = readWords(table, 1);
    const words = readWords(table, Math.floor(Number(structSize) / 8));
    const version = words[FIRST_FUNCTION_OFFSET / 8 - 1] ?? 0n;
    this.#extensions = words[1] ?? 0n;
    this.path = path;
    this.libraries = libraries;
    this.version = { major: Number(version & 0xffffffffn), minor: Number(version >> 32n) };
    this.#addresses = new Map(FUNCTIONS.map((name, index) => [name, words[FIRST_FUNCTION_OFFSET / 8 + index] ?? 0n]));
  }

  /** True when the plugin has the function; one built with an older API lacks the newest ones. */
  has(name: FunctionName): boolean {
    return (this.#addresses.get(name) ?? 0n) !== 0n;
  }

  /** Address of an extension (a PJRT_Extension_Type), or undefined when the plugin has none of that kind. @internal */
  extension(type: number): bigint | undefined {
    for (let address = this.#extensions; address !== 0n;) {
      const [, kind = 0n, next = 0n] = readWords(address, 3);
      if (Number(kind & 0xffffffffn) === type) return address;
      address = next;
    }
    return undefined;
  }

  /** What the plugin says about itself: `xla_version`, `stablehlo_current_version`, `cuda_version`, ... */
  attributes(): Record<string, Attribute> {
    const args = new NativeStruct("PJRT_Plugin_Attributes_Args");
    this.call("PJRT_Plugin_Attributes", args);
    return decodeNamedValues(args.get("attributes"), args.getNumber("num_attributes"));
  }

  /**
   * Starts a client on the devices that the options select, for example `{ cpu_device_count: 8n }`.
   *
   * @throws L3M_BAD_OPTION for an option that the platform does not have, L3M_PJRT with XLA's reason
   */
  createClient(options: ClientOptions = {}): PjrtClient {
    checkXlaFlags(process.env["XLA_FLAGS"], this.path);
    checkClientOptions(options, this.attributes());
    const values = encodeNamedValues(options);
    const args = new NativeStruct("PJRT_Client_Create_Args")
      .point("create_options", values.array)
      .set("num_options", BigInt(values.length));
    this.call("PJRT_Client_Create", args.keep(values));
    return new PjrtClient(this, args.get("client"));
  }

  /**
   * Calls a function of the plugin and waits for it.
   *
   * @throws L3M_PJRT with XLA's message, L3M_OUT_OF_MEMORY or L3M_GPU with a cure; all have `data.pjrtCode`
   * @internal
   */
  call(name: FunctionName, args: NativeStruct<StructName>): void {
    const error = this.resolve(name)(args.address);
    args.touch();
    if (error !== 0) throw this.takeError(name, BigInt(error));
  }

  /** {@link call} on a thread of the pool, so that the event loop turns while XLA works. @internal */
  callAsync(name: FunctionName, args: NativeStruct<StructName>): Promise<void> {
    const target = this.resolve(name);
    return new Promise((resolve, reject) => {
      target.async(args.address, (failure, error) => {
        args.touch();
        if (failure) reject(failure);
        else if (error !== 0) reject(this.takeError(name, BigInt(error)));
        else resolve();
      });
    });
  }

  /** Turns a PJRT_Error into an L3mError and frees it. */
  private takeError(name: FunctionName, error: bigint): L3mError {
    const message = new NativeStruct("PJRT_Error_Message_Args").set("error", error);
    this.resolve("PJRT_Error_Message")(message.address);
    const text = readText(message.get("message"), message.getNumber("message_size"));
    const code = new NativeStruct("PJRT_Error_GetCode_Args").set("error", error);
    this.resolve("PJRT_Error_GetCode")(code.address);
    const pjrtCode = CODE_NAMES.get(code.getInt("code")) ?? "UNKNOWN";
    const destroy = new NativeStruct("PJRT_Error_Destroy_Args").set("error", error);
    this.resolve("PJRT_Error_Destroy")(destroy.address);
    for (const args of [message, code, destroy]) args.touch();
    return explainFailure({ pjrtCode, text, pjrtFunction: name }, () => this.gpuFacts());
  }

  private gpuFacts(): GpuFacts {
    if (!isCudaPlugin(this.path)) return { checks: [], processes: [] };
    return { checks: checkGpu(cudaMajorOf(this.path)), processes: gpuProcesses() };
  }

  private resolve(name: FunctionName): PointerFunction {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const address = this.#addresses.get(name) ?? 0n;
    if (address === 0n) {
      throw new L3mError("L3M_PJRT", {
        message: `this plugin has no ${name}`,
        where: { file: this.path },
        got: `PJRT C API ${this.version.major}.${this.version.minor}`,
        fix: "Use a newer plugin: l3m engine list.",
        data: { pjrtCode: "UNIMPLEMENTED", pjrtFunction: name },
      });
    }
    const resolved = pointerFunction(address);
    this.#functions.set(name, resolved);
    return resolved;
  }
}
