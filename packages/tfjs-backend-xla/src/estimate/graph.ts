/** The operations that a program runs, and which of them move no data: the ground that the estimates stand on. */
import { byteWidth, inputsOf, isParameter, type Operation, sizeOf, type Value } from "@l3m/stablehlo";
import { type KernelCall } from "../jit/trace.ts";

/** A traced function before any compiler saw it. */
export interface ProgramGraph {
  /** The tfjs kernels that it called. */
  readonly kernels: readonly KernelCall[];
  readonly parameters: readonly ProgramParameter[];
  readonly results: readonly Value[];
}

export interface ProgramParameter {
  readonly value: Value;
  /** Number of the result that takes over this buffer; undefined for an argument that stays. */
  readonly aliasResult: number | undefined;
}

/** Operations at function level that `results` need, in the order in which they were recorded. */
export function operationsOf(results: readonly Value[]): readonly Operation[] {
  const found = new Set<Operation>();
  const waiting = [...results];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (found.has(value.op)) continue;
    found.add(value.op);
    waiting.push(...inputsOf(value.op));
  }
  return [...found].filter(({ scope }) => scope === undefined).sort((a, b) => a.id - b.id);
}

/** Size of a value in memory; what comes out of a barrier is where it was. */
export function bytesOf({ op, type }: Value): number {
  return isBarrier(op) ? 0 : sizeOf(type.shape) * byteWidth(type.element);
}

export function isConstant(value: Value): boolean {
  return value.op.name === "stablehlo.constant";
}

/** True for the operation that holds back its results until all operands exist, and computes nothing. */
export function isBarrier(op: Operation): boolean {
  return op.name === "stablehlo.optimization_barrier";
}

/** The value whose memory `value` shows under another shape: through reshapes and whatever else moves nothing. */
export function storedAs(value: Value): Value {
  let stored = value;
  for (let next = viewed(stored); next !== undefined; next = viewed(stored)) stored = next;
  return stored;
}

/** True for an operation that gives its operands other names only. */
export function isView(op: Operation): boolean {
  return op.results.some((result) => viewed(result) !== undefined);
}

function viewed({ op, type }: Value): Value | undefined {
  if (isParameterOperation(op)) return undefined;
  const [x] = op.operands;
  switch (op.name) {
    case "stablehlo.reshape":
      return x;
    case "stablehlo.convert":
      return x?.type.element === type.element ? x : undefined;
    case "stablehlo.broadcast_in_dim":
      return x !== undefined && sizeOf(x.type.shape) === sizeOf(type.shape) && keepsOrder(op) ? x : undefined;
    case "stablehlo.transpose":
      return keepsOrder(op) ? x : undefined;
    default:
      return undefined;
  }
}

function isParameterOperation(op: Operation): boolean {
  const [result] = op.results;
  return result !== undefined && isParameter(result);
}

/** True if the dimensions that are longer than 1 stay in their order. */
function keepsOrder(op: Operation): boolean {
  const [x] = op.operands;
  const dims = op.attributes[op.name === "stablehlo.transpose" ? "permutation" : "broadcast_dimensions"];
  if (x === undefined || !Array.isArray(dims)) return false;
  const moved = (dims as readonly number[]).filter((dim, i) =>
    op.name === "stablehlo.transpose" ? (x.type.shape[dim] ?? 1) > 1 : (x.type.shape[i] ?? 1) > 1,
  );
  return moved.every((dim, i) => i === 0 || dim > (moved[i - 1] as number));
}
