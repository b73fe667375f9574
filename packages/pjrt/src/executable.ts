/** A compiled program on its devices. */
import { invariant, L3mError } from "@l3m/errors";
import { PjrtBuffer } from "./buffer.ts";
import { CarriedCall, type Carry } from "./carried-call.ts";
import type { PjrtClient } from "./client.ts";
import type { PjrtDevice } from "./device.ts";
import { type ElementType, elementTypeOf } from "./element-type.ts";
import { ExecuteCall } from "./execute-call.ts";
import { NativeStruct } from "./native/struct.ts";
import { callDeleter, readBytes, readText, readWords } from "./native/system.ts";

/** What the compiler planned, in bytes, per device. Fields that an older plugin does not report are 0. */
export interface CompiledMemoryStats {
  readonly argumentBytes: number;
  readonly outputBytes: number;
  /** Part of the outputs that reuses memory of donated arguments. */
  readonly aliasBytes: number;
  /** Scratch memory: activations kept for the backward pass live here. */
  readonly tempBytes: number;
  readonly generatedCodeBytes: number;
  /** Highest memory in use at any moment, as the compiler sees it. */
  readonly peakBytes: number;
  /** The `pinned_host` share of the fields above. */
  readonly host: {
    readonly argumentBytes: number;
    readonly outputBytes: number;
    readonly aliasBytes: number;
    readonly tempBytes: number;
  };
}

/** A program after optimisation. */
export interface OptimizedProgram {
  /** `hlo` or `hlo_with_config`: the bytes of that protocol buffer; `mlir`: text. */
  readonly format: string;
  readonly code: Uint8Array;
}

/** Owns one PJRT_LoadedExecutable until {@link destroy}. */
export class PjrtExecutable {
  /** Outputs on each device. */
  readonly numOutputs: number;
  readonly outputTypes: readonly ElementType[];
  /** Shapes on one device: of the shards, when an output is sharded. */
  readonly outputDims: readonly (readonly number[])[];
  /** Where it runs, in the order of the argument lists of {@link execute}. */
  readonly devices: readonly PjrtDevice[];
  /** @internal */
  readonly client: PjrtClient;
  private loaded: bigint;
  private readonly executable: bigint;
  private call: ExecuteCall | undefined;

  /** @internal */
  constructor(client: PjrtClient, loaded: bigint) {
    const { api } = client;
    this.client = client;
    this.loaded = loaded;
    const executable = new NativeStruct("PJRT_LoadedExecutable_GetExecutable_Args").set("loaded_executable", loaded);
    api.call("PJRT_LoadedExecutable_GetExecutable", executable);
    this.executable = executable.get("executable");
    const devices = new NativeStruct("PJRT_LoadedExecutable_AddressableDevices_Args").set("executable", loaded);
    api.call("PJRT_LoadedExecutable_AddressableDevices", devices);
    const byHandle = new Map(client.devices.map((device) => [device.handle, device]));
    this.devices = Array.from(
      readWords(devices.get("addressable_devices"), devices.getNumber("num_addressable_devices")),
      (handle) => {
        const device = byHandle.get(handle);
        invariant(device !== undefined, "an executable runs on a device that its client does not list");
        return device;
      },
    );
    const outputs = new NativeStruct("PJRT_Executable_NumOutputs_Args").set("executable", this.executable);
    api.call("PJRT_Executable_NumOutputs", outputs);
    this.numOutputs = outputs.getNumber("num_outputs");
    this.outputTypes = this.readOutputTypes();
    this.outputDims = this.readOutputDims();
    client.executables.add(this);
  }

  /**
   * Starts the program and returns its outputs before they are computed; a failure on the device shows when one is awaited.
   * Arguments that the program marks as donated (`tf.aliasing_output`) are deleted, and still need `destroy()`.
   *
   * @param args one list of buffers per device, in the order of {@link devices}
   * @returns one list of {@link numOutputs} buffers per device
   * @throws L3M_PJRT for a wrong number or size of arguments and for deleted ones; L3M_BAD_OPTION for buffers of another device
   */
  execute(args: readonly (readonly PjrtBuffer[])[]): PjrtBuffer[][] {
    const loaded = this.live();
    const count = this.checkArguments(args);
    const { devices } = this;
    if (this.call === undefined || this.call.numArguments !== count)
      this.call = new ExecuteCall(loaded, devices.length, count, this.numOutputs);
    const { call } = this;
    for (let d = 0; d < devices.length; d++) {
      const list = args[d] ?? [];
      const slots = call.arguments(d);
      for (let i = 0; i < count; i++) slots[i] = list[i]?.handle ?? 0n;
    }
    this.client.api.call("PJRT_LoadedExecutable_Execute", call.args);
    return devices.map((device, d) =>
      Array.from(
        call.outputs(d),
        (handle, k) =>
          new PjrtBuffer(this.client, handle, this.outputTypes[k] ?? "f32", this.outputDims[k] ?? [], device),
      ),
    );
  }

  /** Calls of this program with `numArguments` arguments per device, in which results come back as arguments. */
  carry(numArguments: number, carries: readonly Carry[]): CarriedCall {
    const call = new ExecuteCall(this.live(), this.devices.length, numArguments, this.numOutputs);
    return new CarriedCall(this, call, carries);
  }

  /** What the compiler planned. */
  memoryStats(): CompiledMemoryStats {
    this.live();
    const args = new NativeStruct("PJRT_Executable_GetCompiledMemoryStats_Args").set("executable", this.executable);
    this.client.api.call("PJRT_Executable_GetCompiledMemoryStats", args);
    return {
      argumentBytes: args.getNumber("argument_size_in_bytes"),
      outputBytes: args.getNumber("output_size_in_bytes"),
      aliasBytes: args.getNumber("alias_size_in_bytes"),
      tempBytes: args.getNumber("temp_size_in_bytes"),
      generatedCodeBytes: args.getNumber("generated_code_size_in_bytes"),
      peakBytes: args.getNumber("peak_memory_in_bytes"),
      host: {
        argumentBytes: args.getNumber("host_argument_size_in_bytes"),
        outputBytes: args.getNumber("host_output_size_in_bytes"),
        aliasBytes: args.getNumber("host_alias_size_in_bytes"),
        tempBytes: args.getNumber("host_temp_size_in_bytes"),
      },
    };
  }

  /** The program as bytes that {@link PjrtClient.deserialize} of the same plugin loads without compiling. */
  serialize(): Uint8Array {
    this.live();
    const args = new NativeStruct("PJRT_Executable_Serialize_Args").set("executable", this.executable);
    this.client.api.call("PJRT_Executable_Serialize", args);
    const bytes = readBytes(args.get("serialized_bytes"), args.getNumber("serialized_bytes_size"));
    callDeleter(args.get("serialized_executable_deleter"), args.get("serialized_executable"));
    return bytes;
  }

  /** Equal for programs that were compiled from the same module with the same options by the same plugin. */
  get fingerprint(): string {
    this.live();
    const args = new NativeStruct("PJRT_Executable_Fingerprint_Args").set("executable", this.executable);
    this.client.api.call("PJRT_Executable_Fingerprint", args);
    return Buffer.from(
      readBytes(args.get("executable_fingerprint"), args.getNumber("executable_fingerprint_size")),
    ).toString("hex");
  }

  /** The program that XLA made of the module: for counting collectives, fusions or donations in tests. */
  optimizedProgram(): OptimizedProgram {
    this.live();
    const program = new NativeStruct("PJRT_Program");
    const args = new NativeStruct("PJRT_Executable_OptimizedProgram_Args")
      .set("executable", this.executable)
      .point("program", program);
    this.client.api.call("PJRT_Executable_OptimizedProgram", args);
    const code = new Uint8Array(program.getNumber("code_size"));
    program.point("code", code);
    this.client.api.call("PJRT_Executable_OptimizedProgram", args);
    return { format: readText(program.get("format"), program.getNumber("format_size")), code };
  }

  /** Frees the program. A second call does nothing, nor does one after the client's end. */
  destroy(): void {
    if (this.loaded === 0n) return;
    const { api } = this.client;
    const loaded = new NativeStruct("PJRT_LoadedExecutable_Destroy_Args").set("executable", this.loaded);
    this.loaded = 0n;
    this.client.executables.delete(this);
    api.call("PJRT_LoadedExecutable_Destroy", loaded);
    api.call(
      "PJRT_Executable_Destroy",
      new NativeStruct("PJRT_Executable_Destroy_Args").set("executable", this.executable),
    );
  }

  /** The number of arguments per device, after the checks that XLA would answer with a less clear message. */
  private checkArguments(args: readonly (readonly PjrtBuffer[])[]): number {
    const { devices } = this;
    const count = args[0]?.length ?? 0;
    if (args.length !== devices.length) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "execute needs one list of arguments per device",
        expected: String(devices.length),
        got: String(args.length),
      });
    }
    for (let d = 0; d < args.length; d++) {
      const list = args[d] ?? [];
      if (list.length !== count)
        throw new L3mError("L3M_BAD_OPTION", {
          message: `device ${d} got ${list.length} arguments, device 0 got ${count}`,
        });
      for (let i = 0; i < count; i++) {
        const buffer = list[i];
        if (buffer === undefined || buffer.handle === 0n) {
          throw new L3mError("L3M_PJRT", {
            message: `argument ${i} on device ${d} was destroyed`,
            data: { pjrtCode: "INVALID_ARGUMENT" },
          });
        }
        if (buffer.device !== devices[d]) {
          throw new L3mError("L3M_BAD_OPTION", {
            message: `argument ${i} is on another device`,
            expected: devices[d]?.description ?? "",
            got: buffer.device.description,
          });
        }
      }
    }
    return count;
  }

  private readOutputTypes(): ElementType[] {
    const args = new NativeStruct("PJRT_Executable_OutputElementTypes_Args").set("executable", this.executable);
    this.client.api.call("PJRT_Executable_OutputElementTypes", args);
    const codes = readBytes(args.get("output_types"), args.getNumber("num_output_types") * 4);
    return Array.from(new Int32Array(codes.buffer), elementTypeOf);
  }

  private readOutputDims(): number[][] {
    const args = new NativeStruct("PJRT_Executable_OutputDimensions_Args").set("executable", this.executable);
    this.client.api.call("PJRT_Executable_OutputDimensions", args);
    const ranks = Array.from(readWords(args.get("dim_sizes"), this.numOutputs), Number);
    const dims = Array.from(
      readWords(
        args.get("dims"),
        ranks.reduce((sum, rank) => sum + rank, 0),
      ),
      Number,
    );
    let at = 0;
    return ranks.map((rank) => dims.slice(at, (at += rank)));
  }

  private live(): bigint {
    if (this.loaded !== 0n) return this.loaded;
    throw new L3mError("L3M_PJRT", {
      message: "the executable was destroyed",
      data: { pjrtCode: "FAILED_PRECONDITION" },
    });
  }
}
