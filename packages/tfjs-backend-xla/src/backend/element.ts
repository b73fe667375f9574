/** How tfjs dtypes are stored on a device, and how host arrays become those bytes and back. */
import { L3mError } from "@l3m/errors";
import { type ElementType } from "@l3m/stablehlo";
import { type BackendValues, type DataType } from "@tensorflow/tfjs-core";

export type HostArray = Float32Array | Int32Array | Uint8Array;
/** Bytes in the layout of a device buffer; `bf16` is a `Uint16Array` of bit patterns. */
export type DeviceBytes = HostArray | Uint16Array;

/** The element type a dtype is stored as unless a precision cast says otherwise. */
export function elementOf(dtype: DataType): ElementType {
  switch (dtype) {
    case "float32":
      return "f32";
    case "int32":
      return "i32";
    case "bool":
      return "i1";
    default:
      throw new L3mError("L3M_UNSUPPORTED_KERNEL", {
        message: `the xla backend computes with numbers and booleans`,
        expected: "float32, int32 or bool",
        got: dtype,
      });
  }
}

/** Device bytes of host values. Returns the same array where the layouts agree. */
export function toDeviceBytes(values: BackendValues, element: ElementType): DeviceBytes {
  const numbers = values as HostArray;
  switch (element) {
    case "i32":
      return numbers instanceof Int32Array ? numbers : Int32Array.from(numbers);
    case "i1":
      return numbers instanceof Uint8Array ? numbers : Uint8Array.from(numbers);
    case "bf16":
      return toBfloat16(numbers);
    default:
      return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  }
}

/** An uninitialised array for `size` elements of a device buffer. */
export function allocateDeviceBytes(element: ElementType, size: number): DeviceBytes {
  switch (element) {
    case "i32":
      return new Int32Array(size);
    case "i1":
      return new Uint8Array(size);
    case "bf16":
      return new Uint16Array(size);
    default:
      return new Float32Array(size);
  }
}

/** Host values of device bytes: bfloat16 widens to float32, everything else is the array itself. */
export function toHostValues(bytes: DeviceBytes): HostArray {
  if (!(bytes instanceof Uint16Array)) return bytes;
  const wide = new Uint32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) wide[i] = (bytes[i] as number) << 16;
  return new Float32Array(wide.buffer);
}

/** Rounds to nearest, ties to even; NaN stays NaN. */
function toBfloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const result = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number;
    const isNaNWord = (word & 0x7fffffff) > 0x7f800000;
    result[i] = isNaNWord ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return result;
}
