/** Moves arrays between the host and the devices, splitting and joining shards on the way. */
import { invariant } from "@l3m/errors";
import { type PjrtBuffer, type PjrtDevice } from "@l3m/pjrt";
import { type ElementType, type Mesh, sizeOf } from "@l3m/stablehlo";
import { extractShard, insertShard } from "./block-copy.ts";
import { allocateDeviceBytes, type DeviceBytes } from "./element.ts";
import { type ClientParts } from "./no-client.ts";
import { isWhole, type Placement, shardsOf } from "./placement.ts";

/** An array on the devices: one buffer per device of its placement. */
export interface DeviceArray {
  readonly placement: Placement;
  readonly buffers: readonly PjrtBuffer[];
}

export class Devices {
  readonly client: ClientParts;
  readonly mesh: Mesh | undefined;
  /** The devices of the mesh in its order; without a mesh the first device. */
  readonly devices: readonly PjrtDevice[];

  constructor(client: ClientParts, mesh: Mesh | undefined) {
    this.client = client;
    this.mesh = mesh;
    const count = mesh === undefined ? 1 : mesh.axes.reduce((product, axis) => product * axis.size, 1);
    this.devices = client.devices.slice(0, count);
  }

  /** Copies to the devices. The source is free when this returns, unless it is `steady`: it does not change before it was read. */
  upload(
    bytes: DeviceBytes,
    element: ElementType,
    shape: readonly number[],
    placement: Placement,
    steady = false,
  ): DeviceArray {
    const send = (data: DeviceBytes, dims: readonly number[], device: PjrtDevice) =>
      steady
        ? this.client.sendFromHost(data, element, dims, device)
        : this.client.bufferFromHost(data, element, dims, device);
    const [first] = this.devices;
    invariant(first !== undefined, "the client has no device");
    if (placement.dims === undefined || this.mesh === undefined)
      return { placement, buffers: [send(bytes, shape, first)] };
    if (isWhole(placement)) return { placement, buffers: this.devices.map((device) => send(bytes, shape, device)) };
    const shards = shardsOf(shape, placement.dims, this.mesh);
    const buffers = shards.map((shard, d) => {
      const block = allocateDeviceBytes(element, sizeOf(shard.extents));
      extractShard(bytes, shape, shard, block);
      return send(block, shard.extents, this.devices[d] as PjrtDevice);
    });
    return { placement, buffers };
  }

  /** Reads a whole array without blocking the event loop. */
  async download(
    { placement, buffers }: DeviceArray,
    element: ElementType,
    shape: readonly number[],
  ): Promise<DeviceBytes> {
    const targets = this.#targets(placement, element, shape);
    await Promise.all(targets.map((target, d) => (buffers[d] as PjrtBuffer).toHost(target)));
    return this.#join(targets, placement, element, shape);
  }

  /** Reads a whole array, waiting for it. */
  downloadSync({ placement, buffers }: DeviceArray, element: ElementType, shape: readonly number[]): DeviceBytes {
    const targets = this.#targets(placement, element, shape);
    targets.forEach((target, d) => (buffers[d] as PjrtBuffer).toHostSync(target));
    return this.#join(targets, placement, element, shape);
  }

  #targets(placement: Placement, element: ElementType, shape: readonly number[]): readonly DeviceBytes[] {
    if (isWhole(placement) || this.mesh === undefined) return [allocateDeviceBytes(element, sizeOf(shape))];
    return shardsOf(shape, placement.dims ?? [], this.mesh).map(({ extents }) =>
      allocateDeviceBytes(element, sizeOf(extents)),
    );
  }

  #join(
    parts: readonly DeviceBytes[],
    placement: Placement,
    element: ElementType,
    shape: readonly number[],
  ): DeviceBytes {
    if (isWhole(placement) || this.mesh === undefined) return parts[0] as DeviceBytes;
    const whole = allocateDeviceBytes(element, sizeOf(shape));
    shardsOf(shape, placement.dims ?? [], this.mesh).forEach((shard, d) =>
      insertShard(whole, shape, shard, parts[d] as DeviceBytes),
    );
    return whole;
  }
}
