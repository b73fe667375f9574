/** The graph of a function, for estimates: traced like a compiled one, then left as it is. */
import { type DataType, engine, type Tensor } from "@tensorflow/tfjs-core";
import { Content } from "../backend/content.ts";
import { elementOf } from "../backend/element.ts";
import { SINGLE_DEVICE } from "../backend/placement.ts";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { type ProgramGraph } from "../estimate/graph.ts";
import { pairDonations } from "./plan-program.ts";
import { traceFunction } from "./trace-function.ts";
import { flatten, type Tree } from "./tree.ts";

export interface TraceOptions {
  /** Shown in errors. */
  readonly name: string;
  /** Numbers of the arguments whose memory may be used for results. Default none. */
  readonly donate?: readonly number[];
}

/** A tensor of this type that has no contents, for arguments of {@link traceGraph} and of `prepare`. */
export function placeholder(backend: XlaBackend, shape: readonly number[], dtype: DataType): Tensor {
  const content = new Content([...shape], elementOf(dtype), {});
  return engine().makeTensorFromTensorInfo(backend.tensorOfContent(content, dtype));
}

/**
 * The graph of `fn` for arguments of these types.
 *
 * @throws L3M_TRACE when `fn` reads a tensor, draws random numbers on the host or makes a large host array
 */
export function traceGraph<A extends readonly Tree[]>(
  backend: XlaBackend,
  fn: (...args: A) => Tree,
  args: A,
  { name, donate = [] }: TraceOptions,
): ProgramGraph {
  const leaves: Tensor[] = [];
  const shape = flatten(args, leaves, `the arguments of "${name}"`);
  const donated = new Set(donate.flatMap((index) => leavesOf(args[index])));
  const traced = traceFunction(backend, name, (given) => fn(...(given as A)), shape, leaves);
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
    kernels: traced.kernels,
    parameters: parameters.map(({ value }, i) => ({ value, aliasResult: aliases.get(i) })),
    results: results.map(({ value }) => value),
  };
}

function leavesOf(tree: Tree): readonly Tensor[] {
  const leaves: Tensor[] = [];
  flatten(tree, leaves, "an argument");
  return leaves;
}
