/** Runs named tensors through a function on the current engine, traced where the engine can trace. */
import type { HostArray } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import type { HostTensor } from "./safetensors.ts";

type Tensor = tf.Tensor;

/** Tensors in, tensors out. An engine may trace it, so it must not read values. */
export type TensorFunction = (inputs: readonly Tensor[]) => Tensor[];

/** How an engine turns a function into one that runs compiled. Eager engines have none. */
export type Jit = (fn: TensorFunction) => TensorFunction;

/** A function on tensors by name. */
export type NamedFunction = (inputs: ReadonlyMap<string, Tensor>) => ReadonlyMap<string, Tensor>;

/** What a run gives back, copied to the host. */
export interface HostResult extends HostArray {
  readonly dtype: string;
}

/** A function that is compiled once per set of input names and may be called many times. */
export class Program {
  readonly #fn: NamedFunction;
  readonly #jit: Jit | undefined;
  readonly #compiled = new Map<string, { run: TensorFunction; outputs: string[] }>();

  constructor(fn: NamedFunction, jit: Jit | undefined) {
    this.#fn = fn;
    this.#jit = jit;
  }

  /** Uploads the inputs, runs, reads every output back and frees everything. */
  async run(inputs: ReadonlyMap<string, HostArray & { readonly dtype?: string }>): Promise<Map<string, HostResult>> {
    const names = [...inputs.keys()];
    const uploaded = [...inputs.values()].map(upload);
    const { run, outputs } = this.#compile(names);
    let results: Tensor[] = [];
    try {
      results = tf.tidy(() => run(uploaded));
      const read = await Promise.all(
        results.map(async (tensor) => ({ data: await tensor.data(), shape: tensor.shape, dtype: tensor.dtype })),
      );
      return new Map(read.map((result, i) => [outputs[i] as string, result as HostResult]));
    } finally {
      for (const tensor of new Set([...results, ...uploaded])) tensor.dispose();
    }
  }

  #compile(names: readonly string[]): { run: TensorFunction; outputs: string[] } {
    const key = names.join("\n");
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const outputs: string[] = [];
    const fn: TensorFunction = (tensors) => {
      const result = this.#fn(new Map(names.map((name, i) => [name, tensors[i] as Tensor])));
      outputs.splice(0, outputs.length, ...result.keys());
      return [...result.values()];
    };
    const compiled = { run: this.#jit === undefined ? fn : this.#jit(fn), outputs };
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

/** A stored array as a tensor of the same type. */
function upload(array: HostArray & { readonly dtype?: string }): Tensor {
  return tf.tensor(array.data, [...array.shape], tfDtype(array));
}

function tfDtype({
  data,
  dtype,
}: HostArray & { readonly dtype?: HostTensor["dtype"] | string }): "float32" | "int32" | "bool" {
  if (dtype === "BOOL" || dtype === "bool") return "bool";
  return data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "bool";
}
