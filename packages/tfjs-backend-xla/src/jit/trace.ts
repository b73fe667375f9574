/** One run of a function whose kernels record instead of compute. */
import { L3mError } from "@l3m/errors";
import { constantFromBytes, parameter, splat, type Value } from "@l3m/stablehlo";
import { type NamedTensorInfoMap } from "@tensorflow/tfjs-core";
import { toDeviceBytes } from "../backend/element.ts";
import { type TensorStorage } from "../backend/tensor-storage.ts";

/** Host arrays made inside a trace become constants of the program up to this many elements. */
const LARGEST_CONSTANT = 4096;

/** One kernel that a traced function called. */
export interface KernelCall {
  readonly kernel: string;
  /** Shapes of its inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly attrs: object;
}

export class Trace {
  readonly name: string;
  /** In the order of the calls. */
  readonly kernels: KernelCall[] = [];
  /** Tensors from outside that the function used, and the parameters that stand for them. */
  readonly captures = new Map<TensorStorage, Value>();
  /** What the user should know of how kernels were lowered, each once. */
  readonly notes = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  /** Called for every kernel. */
  called(kernel: string, inputs: NamedTensorInfoMap, attrs: object): void {
    const shapes = Object.values(inputs).flatMap((info) => (info === undefined ? [] : [info.shape]));
    this.kernels.push({ kernel, shapes, attrs });
  }

  /** The parameter for a tensor from outside. */
  capture(storage: TensorStorage): Value {
    const known = this.captures.get(storage);
    if (known !== undefined) return known;
    const value = parameter({ shape: storage.shape, element: storage.element });
    this.captures.set(storage, value);
    return value;
  }

  /** The constant for host values that the function made, used first by `kernel`. */
  constant(storage: TensorStorage, kernel: string): Value {
    const type = { shape: storage.shape, element: storage.element };
    const values = toDeviceBytes(storage.content?.host as Float32Array, storage.element);
    const [first = 0] = values;
    if (values.every((value) => Object.is(value, first))) return splat(first, type);
    if (values.length > LARGEST_CONSTANT) {
      throw new L3mError("L3M_TRACE", {
        message: `"${this.name}" makes ${storage.dtype}[${storage.shape.join(",")}] on the host, used by ${kernel}; it would freeze into the compiled program`,
        expected: `host arrays of at most ${LARGEST_CONSTANT} elements inside a traced function`,
        got: `${values.length} elements`,
        fix: "Make it outside and pass it as an argument, or compute it with kernels (counter-based random bits, iota, tf.fill).",
      });
    }
    return constantFromBytes(values, type);
  }
}
