/** How a tfjs kernel is written for this backend: a function from graph values to graph values. */
import { isL3mError } from "@l3m/errors";
import { type Value } from "@l3m/stablehlo";
import { type DataType, type KernelConfig, type NamedTensorInfoMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { BACKEND_NAME, type XlaBackend } from "../backend/xla-backend.ts";
import { autocast } from "./autocast.ts";

/** A value with the dtype that tfjs sees. Its element type may be narrower (bf16 for float32). */
export interface Operand {
  readonly value: Value;
  readonly dtype: DataType;
}

/** A kernel of this backend, ready to register. */
export type KernelLowering = KernelConfig;

type Lowered = Operand | readonly Operand[];

/**
 * A kernel with named inputs.
 *
 * @param lower gets one operand per input, the kernel's attributes and the backend
 */
export function lowering<Name extends string, Attrs extends object = object>(
  kernelName: string,
  lower: (inputs: Readonly<Record<Name, Operand>>, attrs: Attrs, backend: XlaBackend) => Lowered,
): KernelLowering {
  return rawKernel(kernelName, (inputs, attrs: Attrs, backend) => {
    const operands: Record<string, Operand> = {};
    for (const name in inputs) {
      const info = inputs[name];
      if (info) operands[name] = operandOf(info, backend, kernelName);
    }
    const cast = autocast(kernelName, operands);
    return emit(lower(cast as Record<Name, Operand>, attrs, backend), backend);
  });
}

/** A kernel with a list of inputs. */
export function listLowering<Attrs extends object = object>(
  kernelName: string,
  lower: (inputs: readonly Operand[], attrs: Attrs, backend: XlaBackend) => Lowered,
): KernelLowering {
  return rawKernel(kernelName, (inputs, attrs: Attrs, backend) => {
    const operands = Object.values(inputs).map((info) => operandOf(info as TensorInfo, backend, kernelName));
    return emit(lower(operands, attrs, backend), backend);
  });
}

/** A kernel that works on tensors rather than values: it shares data, or needs it on the host. */
export function rawKernel<Attrs extends object>(
  kernelName: string,
  run: (inputs: NamedTensorInfoMap, attrs: Attrs, backend: XlaBackend) => TensorInfo | TensorInfo[],
): KernelLowering {
  return {
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs, backend }) => {
      try {
        const xla = backend as XlaBackend;
        xla.trace?.called(kernelName, inputs, attrs ?? {});
        return run(inputs, (attrs ?? {}) as object as Attrs, xla);
      } catch (error) {
        throw isL3mError(error) ? error.at({ path: `kernel ${kernelName}` }) : error;
      }
    },
  };
}

function operandOf(info: TensorInfo, backend: XlaBackend, kernelName: string): Operand {
  return { value: backend.graphValue(info, kernelName), dtype: info.dtype };
}

function emit(lowered: Lowered, backend: XlaBackend): TensorInfo | TensorInfo[] {
  if (isMany(lowered)) return lowered.map(({ value, dtype }) => backend.tensorOf(value, dtype));
  return backend.tensorOf(lowered.value, lowered.dtype);
}

function isMany(lowered: Lowered): lowered is readonly Operand[] {
  return Array.isArray(lowered);
}
