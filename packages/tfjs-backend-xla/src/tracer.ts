/** Traces functions to their graphs without a device: nothing is loaded, allocated or compiled. */
import { L3mError } from "@l3m/errors";
import { type ElementType } from "@l3m/stablehlo";
import { type DataType, engine, findBackend, registerBackend, removeBackend, setBackend, type Tensor } from "@tensorflow/tfjs-core";
import { Content } from "./backend/content.ts";
import { Devices } from "./backend/devices.ts";
import { elementOf } from "./backend/element.ts";
import { NO_CLIENT } from "./backend/no-client.ts";
import { SINGLE_DEVICE } from "./backend/placement.ts";
import { BACKEND_NAME, type LoweringPlatform, XlaBackend } from "./backend/xla-backend.ts";
import { Compiler } from "./compile/compiler.ts";
import { type ProgramGraph } from "./estimate/graph.ts";
import { pairDonations } from "./jit/plan-program.ts";
import { traceFunction } from "./jit/trace-function.ts";
import { flatten, type Tree } from "./jit/tree.ts";
import { registerKernels } from "./register-all.ts";

export interface TraceOptions {
  /** Shown in errors. */
  readonly name: string;
  /** Numbers of the arguments whose memory may be used for results. Default none. */
  readonly donate?: readonly number[];
}

export class XlaTracer {
  readonly platform: LoweringPlatform;
  readonly #backend: XlaBackend;

  constructor(backend: XlaBackend) {
    this.platform = backend.platform;
    this.#backend = backend;
  }

  /** A tensor of this type that has no contents; for arguments of {@link trace}. */
  placeholder(shape: readonly number[], dtype: DataType, element: ElementType = elementOf(dtype)): Tensor {
    const content = new Content([...shape], element, {});
    return engine().makeTensorFromTensorInfo(this.#backend.tensorOfContent(content, dtype));
  }

  /**
   * The graph of `fn` for arguments of these types.
   *
   * @throws L3M_TRACE when `fn` reads a tensor, draws random numbers on the host or makes a large host array
   */
  trace<A extends readonly Tree[]>(fn: (...args: A) => Tree, args: A, { name, donate = [] }: TraceOptions): ProgramGraph {
    const leaves: Tensor[] = [];
    const shape = flatten(args, leaves, `the arguments of "${name}"`);
    const donated = new Set<Tensor>(donate.flatMap((index) => leavesOf(args[index])));
    const traced = traceFunction(this.#backend, name, (given) => fn(...(given as A)), shape, leaves);
    const parameters = [
      ...traced.inputs.map((value, i) => ({
        value,
        placement: SINGLE_DEVICE,
        donated: donated.has(leaves[i] as Tensor),
      })),
      ...traced.captures.map(({ value }) => ({ value, placement: SINGLE_DEVICE, donated: false })),
    ];
    const results = traced.results.map(({ value }) => ({ value, placement: SINGLE_DEVICE }));
    const aliases = pairDonations(parameters, results);
    return {
      parameters: parameters.map(({ value }, i) => ({ value, aliasResult: aliases.get(i) })),
      results: results.map(({ value }) => value),
    };
  }

  /** Removes the backend from tfjs. */
  stop(): void {
    removeBackend(BACKEND_NAME);
  }
}

/**
 * Registers the tfjs backend "xla" without a device, and selects it.
 *
 * @param platform what kernels are lowered for
 * @throws L3M_BAD_OPTION when an XLA engine runs in this process
 */
export function startTracer(platform: LoweringPlatform): XlaTracer {
  if (findBackend(BACKEND_NAME) !== null) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "an XLA engine is running in this process",
      fix: "Call stop() on it first.",
    });
  }
  const backend = new XlaBackend(new Devices(NO_CLIENT, undefined), new Compiler(NO_CLIENT, {}, undefined), platform);
  registerKernels();
  registerBackend(BACKEND_NAME, () => backend);
  void setBackend(BACKEND_NAME); // resolves at once: the backend exists
  return new XlaTracer(backend);
}

function leavesOf(tree: Tree): readonly Tensor[] {
  const leaves: Tensor[] = [];
  flatten(tree, leaves, "an argument");
  return leaves;
}
