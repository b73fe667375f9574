/** A device that this process can put buffers on and run programs on. */
import type { PjrtApi } from "./api.ts";
import { isL3mError } from "@l3m/errors";
import { type Attribute, decodeNamedValues } from "./named-values.ts";
import { NativeStruct } from "./native/struct.ts";
import { readText } from "./native/system.ts";

/** Bytes that a device's allocator reports. A field is absent when the allocator does not count it. */
export interface DeviceMemoryStats {
  readonly bytesInUse: number;
  readonly peakBytesInUse?: number;
  readonly bytesLimit?: number;
  readonly largestFreeBlockBytes?: number;
  readonly poolBytes?: number;
}

/** One addressable device of a client. */
export class PjrtDevice {
  /** Global id, unique among all processes of a job. */
  readonly id: number;
  /** Position in {@link PjrtClient.devices}. */
  readonly index: number;
  /** Ordinal on this machine (the CUDA ordinal); -1 where the platform has none. */
  readonly localOrdinal: number;
  /** For example `cpu` or `NVIDIA H100 80GB HBM3`. */
  readonly kind: string;
  /** One line for people. */
  readonly description: string;
  /** @internal */
  readonly handle: bigint;
  readonly #api: PjrtApi;
  readonly #description: bigint;

  constructor(api: PjrtApi, handle: bigint, index: number) {
    this.#api = api;
    this.handle = handle;
    this.index = index;
    const description = new NativeStruct("PJRT_Device_GetDescription_Args").set("device", handle);
    api.call("PJRT_Device_GetDescription", description);
    this.#description = description.get("device_description");
    const id = new NativeStruct("PJRT_DeviceDescription_Id_Args").set("device_description", this.#description);
    api.call("PJRT_DeviceDescription_Id", id);
    this.id = id.getInt("id");
    const kind = new NativeStruct("PJRT_DeviceDescription_Kind_Args").set("device_description", this.#description);
    api.call("PJRT_DeviceDescription_Kind", kind);
    this.kind = readText(kind.get("device_kind"), kind.getNumber("device_kind_size"));
    const line = new NativeStruct("PJRT_DeviceDescription_ToString_Args").set("device_description", this.#description);
    api.call("PJRT_DeviceDescription_ToString", line);
    this.description = readText(line.get("to_string"), line.getNumber("to_string_size"));
    const local = new NativeStruct("PJRT_Device_LocalHardwareId_Args").set("device", handle);
    api.call("PJRT_Device_LocalHardwareId", local);
    this.localOrdinal = local.getInt("local_hardware_id");
  }

  /** What the platform tells about the device (compute capability, core count, ...). */
  attributes(): Record<string, Attribute> {
    const args = new NativeStruct("PJRT_DeviceDescription_Attributes_Args").set(
      "device_description",
      this.#description,
    );
    this.#api.call("PJRT_DeviceDescription_Attributes", args);
    return decodeNamedValues(args.get("attributes"), args.getNumber("num_attributes"));
  }

  /** Memory in use, or undefined on platforms that do not count it (the CPU plugin). */
  memoryStats(): DeviceMemoryStats | undefined {
    if (!this.#api.has("PJRT_Device_MemoryStats")) return undefined;
    const args = new NativeStruct("PJRT_Device_MemoryStats_Args").set("device", this.handle);
    try {
      this.#api.call("PJRT_Device_MemoryStats", args);
    } catch (error) {
      if (isL3mError(error) && error.details.data?.["pjrtCode"] === "UNIMPLEMENTED") return undefined;
      throw error;
    }
    return {
      bytesInUse: args.getNumber("bytes_in_use"),
      ...(args.getBool("peak_bytes_in_use_is_set") && { peakBytesInUse: args.getNumber("peak_bytes_in_use") }),
      ...(args.getBool("bytes_limit_is_set") && { bytesLimit: args.getNumber("bytes_limit") }),
      ...(args.getBool("largest_free_block_bytes_is_set") && {
        largestFreeBlockBytes: args.getNumber("largest_free_block_bytes"),
      }),
      ...(args.getBool("pool_bytes_is_set") && { poolBytes: args.getNumber("pool_bytes") }),
    };
  }
}
