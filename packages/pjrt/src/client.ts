/** A client: the devices of one plugin, and everything that lives on them. */
import { invariant, L3mError } from "@l3m/errors";
import type { PjrtApi } from "./api.ts";
import { PjrtBuffer } from "./buffer.ts";
import type { CarriedCall } from "./carried-call.ts";
import { type CompileOptions, encodeCompileOptions } from "./compile-options.ts";
import { PjrtDevice } from "./device.ts";
import { bufferTypeOf, bytesOf, type ElementType } from "./element-type.ts";
import { PjrtEvent } from "./event.ts";
import { PjrtExecutable } from "./executable.ts";
import { ENUMS } from "./generated/pjrt-c-api.ts";
import { NativeStruct } from "./native/struct.ts";
import { readText, readWords } from "./native/system.ts";

const SEMANTICS = ENUMS.PJRT_HostBufferSemantics;

/** Made by {@link PjrtApi.createClient}. Keep one per process: a second one competes for the memory of a GPU. */
export class PjrtClient {
  readonly api: PjrtApi;
  /** `cpu`, `cuda`, ... */
  readonly platformName: string;
  readonly platformVersion: string;
  /** The devices that this process can use, in the order in which an executable's partitions are laid out. */
  readonly devices: readonly PjrtDevice[];
  /** @internal */
  readonly buffers = new Set<PjrtBuffer>();
  /** Calls that own buffers. @internal */
  readonly carried = new Set<CarriedCall>();
  /** @internal */
  readonly executables = new Set<PjrtExecutable>();
  /** @internal */
  readonly events = new Set<PjrtEvent>();
  /** Copies under way, with the host memory that they read. */
  private readonly sends = new Map<PjrtEvent, ArrayBufferView>();
  private handle: bigint;
  private compiling = 0;
  private closing = false;
  private readonly atExit = (): void => this.destroy();

  /** @internal */
  constructor(api: PjrtApi, handle: bigint) {
    this.api = api;
    this.handle = handle;
    const name = new NativeStruct("PJRT_Client_PlatformName_Args").set("client", handle);
    api.call("PJRT_Client_PlatformName", name);
    this.platformName = readText(name.get("platform_name"), name.getNumber("platform_name_size"));
    const version = new NativeStruct("PJRT_Client_PlatformVersion_Args").set("client", handle);
    api.call("PJRT_Client_PlatformVersion", version);
    this.platformVersion = readText(version.get("platform_version"), version.getNumber("platform_version_size"));
    const devices = new NativeStruct("PJRT_Client_AddressableDevices_Args").set("client", handle);
    api.call("PJRT_Client_AddressableDevices", devices);
    const handles = readWords(devices.get("addressable_devices"), devices.getNumber("num_addressable_devices"));
    this.devices = Array.from(handles, (device, index) => new PjrtDevice(api, device, index));
    process.on("exit", this.atExit);
  }

  /** Buffers that were created and not destroyed yet. */
  get liveBuffers(): number {
    let carried = 0;
    for (const { size } of this.carried) carried += size;
    return this.buffers.size + carried;
  }

  /**
   * Compiles a StableHLO module on a thread of the pool; the event loop turns meanwhile.
   *
   * @param mlir StableHLO as text, with an entry function `@main`
   * @throws L3M_PJRT with XLA's message, L3M_BAD_OPTION for more partitions than devices
   */
  async compile(mlir: string, options: CompileOptions = {}): Promise<PjrtExecutable> {
    const args = this.compileArguments(mlir, options);
    this.compiling++;
    try {
      await this.api.callAsync("PJRT_Client_Compile", args);
      return new PjrtExecutable(this, args.get("executable"));
    } finally {
      this.compiling--;
      if (this.closing) this.destroy();
    }
  }

  /** {@link compile}, blocking. */
  compileSync(mlir: string, options: CompileOptions = {}): PjrtExecutable {
    const args = this.compileArguments(mlir, options);
    this.api.call("PJRT_Client_Compile", args);
    return new PjrtExecutable(this, args.get("executable"));
  }

  /**
   * Loads what {@link PjrtExecutable.serialize} wrote. Only the same plugin file and kind of device can read it; a caller that stores
   * the bytes keys them by both and checks them for damage, since they contain machine code.
   *
   * @throws L3M_PJRT when XLA refuses them
   */
  deserialize(bytes: Uint8Array, options?: CompileOptions): PjrtExecutable {
    const args = new NativeStruct("PJRT_Executable_DeserializeAndLoad_Args")
      .set("client", this.live())
      .point("serialized_executable", bytes)
      .set("serialized_executable_size", BigInt(bytes.length));
    if (options !== undefined) {
      const encoded = this.encodeOptions(options);
      args
        .point("overridden_serialized_compile_options", encoded)
        .set("overridden_serialized_compile_options_size", BigInt(encoded.length));
    }
    this.api.call("PJRT_Executable_DeserializeAndLoad", args);
    return new PjrtExecutable(this, args.get("loaded_executable"));
  }

  /**
   * Copies row-major data to a device. The copy out of `data` is done when this returns.
   *
   * @param data exactly the bytes of the array: one byte for an `i1`, IEEE bits for `f16` and `bf16`
   * @param device default: the first
   * @throws L3M_BAD_SHAPE when the number of bytes does not fit `type` and `dims`
   */
  bufferFromHost(data: ArrayBufferView, type: ElementType, dims: readonly number[], device?: PjrtDevice): PjrtBuffer {
    const { buffer, done } = this.startCopy(data, type, dims, device, SEMANTICS.kImmutableOnlyDuringCall);
    if (done !== 0n)
      this.api.call("PJRT_Event_Destroy", new NativeStruct("PJRT_Event_Destroy_Args").set("event", done));
    return buffer;
  }

  /**
   * {@link bufferFromHost} without the wait: returns before `data` was read, which must not change until the buffer is
   * {@link PjrtBuffer.ready} or a program that reads it is done. The client keeps `data` alive that long.
   */
  sendFromHost(data: ArrayBufferView, type: ElementType, dims: readonly number[], device?: PjrtDevice): PjrtBuffer {
    for (const [event] of this.sends) if (event.poll()) this.sends.delete(event);
    const { buffer, done } = this.startCopy(data, type, dims, device, SEMANTICS.kImmutableUntilTransferCompletes);
    if (done !== 0n) this.sends.set(new PjrtEvent(this.api, done, this.events), data);
    return buffer;
  }

  /**
   * Waits for running work, then destroys all buffers, all executables and the client, in the order that XLA needs. A second call
   * does nothing; while a compilation runs, the end is put off until it is done. Runs by itself when the process exits.
   */
  destroy(): void {
    this.closing = true;
    if (this.handle === 0n || this.compiling > 0) return;
    process.removeListener("exit", this.atExit);
    for (const event of this.events) event.settle();
    this.sends.clear();
    for (const call of this.carried) call.destroy();
    for (const buffer of this.buffers) buffer.destroy();
    for (const executable of this.executables) executable.destroy();
    const args = new NativeStruct("PJRT_Client_Destroy_Args").set("client", this.handle);
    this.handle = 0n;
    this.api.call("PJRT_Client_Destroy", args);
  }

  private startCopy(
    data: ArrayBufferView,
    type: ElementType,
    dims: readonly number[],
    device: PjrtDevice | undefined,
    semantics: number,
  ): { readonly buffer: PjrtBuffer; readonly done: bigint } {
    const code = bufferTypeOf(type);
    checkBytes(data, type, dims);
    const target = device ?? this.devices[0];
    invariant(target !== undefined, "a client without devices");
    if (this.devices[target.index] !== target)
      throw new L3mError("L3M_BAD_OPTION", { message: "the device belongs to another client" });
    const args = new NativeStruct("PJRT_Client_BufferFromHostBuffer_Args")
      .set("client", this.live())
      .point("data", data)
      .setInt("type", code)
      .point("dims", BigInt64Array.from(dims, BigInt))
      .set("num_dims", BigInt(dims.length))
      .setInt("host_buffer_semantics", semantics)
      .set("device", target.handle);
    this.api.call("PJRT_Client_BufferFromHostBuffer", args);
    const buffer = new PjrtBuffer(this, args.get("buffer"), type, dims, target);
    return { buffer, done: args.get("done_with_host_buffer") };
  }

  private live(): bigint {
    if (this.handle !== 0n && !this.closing) return this.handle;
    throw new L3mError("L3M_PJRT", { message: "the client was destroyed", data: { pjrtCode: "FAILED_PRECONDITION" } });
  }

  private encodeOptions(options: CompileOptions): Uint8Array {
    const partitions = options.numPartitions ?? 1;
    if (partitions > this.devices.length) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "more partitions than devices",
        expected: `at most ${this.devices.length}`,
        got: String(partitions),
        fix:
          this.platformName === "cpu"
            ? `Create the client with { cpu_device_count: ${partitions}n }.`
            : "Use fewer partitions.",
      });
    }
    return encodeCompileOptions(options);
  }

  private compileArguments(mlir: string, options: CompileOptions): NativeStruct<"PJRT_Client_Compile_Args"> {
    if (!mlir.includes("@main"))
      throw new L3mError("L3M_BAD_OPTION", {
        message: "a module needs an entry function @main",
        got: mlir === "" ? "empty text" : mlir.slice(0, 200),
      });
    const encoded = this.encodeOptions(options);
    const code = Buffer.from(`${mlir}\0`); // MLIR's parser looks one byte past the end
    const format = Buffer.from("mlir");
    const program = new NativeStruct("PJRT_Program")
      .point("code", code)
      .set("code_size", BigInt(code.length - 1))
      .point("format", format)
      .set("format_size", BigInt(format.length));
    return new NativeStruct("PJRT_Client_Compile_Args")
      .set("client", this.live())
      .point("program", program)
      .point("compile_options", encoded)
      .set("compile_options_size", BigInt(encoded.length));
  }
}

function checkBytes(data: ArrayBufferView, type: ElementType, dims: readonly number[]): void {
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw new L3mError("L3M_BAD_SHAPE", { message: "dims must be non-negative integers", got: `[${dims.join(",")}]` });
  }
  const expected = dims.reduce((product, dim) => product * dim, bytesOf(type));
  if (data.byteLength !== expected) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "the data has another size than its shape",
      expected: `${expected} bytes for ${type}[${dims.join(",")}]`,
      got: `${data.byteLength} bytes`,
    });
  }
}
