/** The known contents of one or more tensors: host values, device arrays, or both. Never changes its meaning. */
import { invariant, L3mError } from "@l3m/errors";
import { type ElementType, parameter, type Value } from "@l3m/stablehlo";
import { type BackendValues } from "@tensorflow/tfjs-core";
import { type DeviceArray, type Devices } from "./devices.ts";
import { toDeviceBytes, toHostValues } from "./element.ts";
import { type Placement } from "./placement.ts";

export class Content {
  readonly shape: readonly number[];
  readonly element: ElementType;
  host: BackendValues | undefined;
  /** The host values do not change while compiled calls may still copy them. */
  readonly #steady: boolean;
  /** The same array under different placements; usually one. */
  arrays: DeviceArray[] = [];
  /** Tensor storages that hold this. */
  owners = 0;
  /** True once a recorded graph may refer to this. */
  bound = false;
  /** Number of the last compiled call that took this as an argument. */
  lastCall = -1;
  #leaf: Value | undefined;
  #donatedTo: string | undefined;

  constructor(
    shape: readonly number[],
    element: ElementType,
    source: { readonly host?: BackendValues; readonly steady?: boolean; readonly array?: DeviceArray },
  ) {
    this.shape = shape;
    this.element = element;
    this.host = source.host;
    this.#steady = source.steady ?? false;
    if (source.array !== undefined) this.arrays.push(source.array);
  }

  /** The graph leaf that stands for this. */
  get leaf(): Value {
    this.bound = true;
    return (this.#leaf ??= parameter({ shape: this.shape, element: this.element }));
  }

  /** The array under a placement, moved there if it is not yet. */
  arrayAt(placement: Placement, devices: Devices): DeviceArray {
    for (const array of this.arrays) if (array.placement.key === placement.key) return array;
    const array = this.uploadCopy(placement, devices);
    this.arrays.push(array);
    return array;
  }

  /** A fresh copy on the devices that belongs to the caller. */
  uploadCopy(placement: Placement, devices: Devices): DeviceArray {
    const values = this.readSync(devices);
    return devices.upload(toDeviceBytes(values, this.element), this.element, this.shape, placement, this.#steady);
  }

  readSync(devices: Devices): BackendValues {
    return this.host ?? toHostValues(devices.downloadSync(this.#anyArray(), this.element, this.shape));
  }

  async read(devices: Devices): Promise<BackendValues> {
    return this.host ?? toHostValues(await devices.download(this.#anyArray(), this.element, this.shape));
  }

  /** Frees the device memory. */
  destroy(): void {
    for (const { buffers } of this.arrays) for (const buffer of buffers) buffer.destroy();
    this.arrays = [];
  }

  /** Marks the contents as consumed by a compiled call and frees what is left of them, except for `taken`, which has a new owner. */
  donate(to: string, taken?: DeviceArray): void {
    this.arrays = this.arrays.filter((array) => array !== taken);
    this.destroy();
    this.host = undefined;
    this.#donatedTo = to;
  }

  #anyArray(): DeviceArray {
    if (this.#donatedTo !== undefined) {
      throw new L3mError("L3M_TRACE", {
        message: `a tensor was used after "${this.#donatedTo}" consumed it`,
        fix: "Use the tensor that the call returned in its place, or do not donate the argument.",
      });
    }
    const [array] = this.arrays;
    invariant(array !== undefined, "a tensor has no contents");
    return array;
  }
}
