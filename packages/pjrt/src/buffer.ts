/** An array on a device. */
import { L3mError } from "@l3m/errors";
import type { PjrtClient } from "./client.ts";
import type { PjrtDevice } from "./device.ts";
import { bytesOf, type ElementType } from "./element-type.ts";
import { PjrtEvent } from "./event.ts";
import { ENUMS } from "./generated/pjrt-c-api.ts";
import { NativeStruct } from "./native/struct.ts";

/** Owns one PJRT_Buffer until {@link destroy}. */
export class PjrtBuffer {
  readonly type: ElementType;
  /** The shape on this device: of the shard, when the array is sharded. */
  readonly dims: readonly number[];
  readonly device: PjrtDevice;
  /** 0 after {@link destroy}. @internal */
  handle: bigint;
  /** @internal */
  readonly client: PjrtClient;

  /** @internal */
  constructor(client: PjrtClient, handle: bigint, type: ElementType, dims: readonly number[], device: PjrtDevice) {
    this.client = client;
    this.handle = handle;
    this.type = type;
    this.dims = dims;
    this.device = device;
    client.buffers.add(this);
  }

  /** Bytes of the row-major array (a device may pad it). */
  get sizeInBytes(): number {
    return this.dims.reduce((product, dim) => product * dim, bytesOf(this.type));
  }

  /** True once it was destroyed, or donated to an execution that took its memory. */
  get isDeleted(): boolean {
    if (this.handle === 0n) return true;
    const args = new NativeStruct("PJRT_Buffer_IsDeleted_Args").set("buffer", this.handle);
    this.client.api.call("PJRT_Buffer_IsDeleted", args);
    return args.getBool("is_deleted");
  }

  /** Resolves when the contents are there. Never blocks the event loop. @throws L3M_PJRT when the computation of it failed */
  async ready(): Promise<void> {
    await this.readyEvent().wait();
  }

  /** {@link ready}, blocking. */
  readySync(): void {
    this.readyEvent().waitSync();
  }

  /**
   * Copies the contents, row-major, into `into`, which must have exactly {@link sizeInBytes} bytes and must not be used before the
   * promise resolves. Waits for the computation; never blocks the event loop.
   *
   * @throws L3M_PJRT when the computation failed or the buffer is deleted, L3M_BAD_SHAPE for a target of another size
   */
  async toHost(into: ArrayBufferView): Promise<void> {
    const { args, event } = this.startCopy(into);
    await event.wait();
    args.touch();
  }

  /** {@link toHost}, blocking. */
  toHostSync(into: ArrayBufferView): void {
    const { args, event } = this.startCopy(into);
    event.waitSync();
    args.touch();
  }

  /** Copies to another device of the same client. @throws L3M_BAD_OPTION for a device of another one */
  copyTo(device: PjrtDevice): PjrtBuffer {
    if (this.client.devices[device.index] !== device)
      throw new L3mError("L3M_BAD_OPTION", { message: "the device belongs to another client" });
    const args = new NativeStruct("PJRT_Buffer_CopyToDevice_Args")
      .set("buffer", this.live())
      .set("dst_device", device.handle);
    this.client.api.call("PJRT_Buffer_CopyToDevice", args);
    return new PjrtBuffer(this.client, args.get("dst_buffer"), this.type, this.dims, device);
  }

  /** Frees the memory once nothing on the device uses it any more. A second call does nothing, nor does one after the client's end. */
  destroy(): void {
    if (this.handle === 0n) return;
    const args = destroyArguments.set("buffer", this.handle);
    this.handle = 0n;
    this.client.buffers.delete(this);
    this.client.api.call("PJRT_Buffer_Destroy", args);
  }

  /** The native buffer, which belongs to the caller from now on; this object is as after {@link destroy}. @internal */
  handOver(): bigint {
    const handle = this.live();
    this.handle = 0n;
    this.client.buffers.delete(this);
    return handle;
  }

  private readyEvent(): PjrtEvent {
    const args = new NativeStruct("PJRT_Buffer_ReadyEvent_Args").set("buffer", this.live());
    this.client.api.call("PJRT_Buffer_ReadyEvent", args);
    return new PjrtEvent(this.client.api, args.get("event"), this.client.events);
  }

  private startCopy(into: ArrayBufferView): { args: NativeStruct<"PJRT_Buffer_ToHostBuffer_Args">; event: PjrtEvent } {
    if (into.byteLength !== this.sizeInBytes) {
      throw new L3mError("L3M_BAD_SHAPE", {
        message: "the target of a copy from the device has another size",
        expected: `${this.sizeInBytes} bytes for ${this.type}[${this.dims.join(",")}]`,
        got: `${into.byteLength} bytes`,
      });
    }
    const args = new NativeStruct("PJRT_Buffer_ToHostBuffer_Args")
      .set("src", this.live())
      .point("host_layout", rowMajor(this.dims.length))
      .point("dst", into)
      .set("dst_size", BigInt(into.byteLength));
    this.client.api.call("PJRT_Buffer_ToHostBuffer", args);
    return { args, event: new PjrtEvent(this.client.api, args.get("event"), this.client.events) };
  }

  private live(): bigint {
    if (this.handle !== 0n) return this.handle;
    throw new L3mError("L3M_PJRT", { message: "the buffer was destroyed", data: { pjrtCode: "FAILED_PRECONDITION" } });
  }
}

const destroyArguments = new NativeStruct("PJRT_Buffer_Destroy_Args");
const layouts = new Map<number, NativeStruct<"PJRT_Buffer_MemoryLayout">>();

/** The row-major layout of an array of some rank: minor_to_major counts down. Without one XLA hands out the device's own order. */
function rowMajor(rank: number): NativeStruct<"PJRT_Buffer_MemoryLayout"> {
  const known = layouts.get(rank);
  if (known !== undefined) return known;
  const order = BigInt64Array.from({ length: rank }, (_, index) => BigInt(rank - 1 - index));
  const layout = new NativeStruct("PJRT_Buffer_MemoryLayout").setInt("type", ENUMS.PJRT_Buffer_MemoryLayout_Type.Tiled);
  layout.embed(
    "tiled",
    new NativeStruct("PJRT_Buffer_MemoryLayout_Tiled")
      .point("minor_to_major", order)
      .set("minor_to_major_size", BigInt(rank)),
  );
  layouts.set(rank, layout);
  return layout;
}
