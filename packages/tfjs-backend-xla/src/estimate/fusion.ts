/**
 * Which values of a program reach memory. XLA fuses what works element by element into its readers, so that only the results
 * of other operations (products, reductions, sorts, scatters, calls), values that are read in several places and the
 * program's results are stored. This follows the rules of XLA's instruction fusion: a producer joins a single reader always,
 * several readers only if computing it again is cheap and reads no more than it would have written.
 */
import { inputsOf, isParameter, isUniform, type Operation, type Value } from "@l3m/stablehlo";
import { type LoweringPlatform } from "../backend/xla-backend.ts";
import { bytesOf, isBarrier, isConstant, isView, operationsOf, type ProgramGraph, storedAs } from "./graph.ts";

/** One kernel of the compiled program: a stored operation and everything that was fused into it. */
export interface Kernel {
  readonly op: Operation;
  /** Stored values, arguments included, that it reads. */
  readonly reads: readonly Value[];
  /** Those of `reads` that it reads at the position that it writes; their memory can be written over. */
  readonly inPlace: ReadonlySet<Value>;
}

/** Operations that XLA computes per element of their result, from the same element of every operand. */
const ELEMENTWISE = operations(`
  abs add and bitcast_convert ceil clamp compare convert floor is_finite maximum minimum multiply negate not or
  popcnt reshape round_nearest_even select shift_left shift_right_arithmetic shift_right_logical sign subtract
  xor`);

/** The same, and too expensive to do twice. */
const EXPENSIVE = operations(`
  atan2 cbrt cosine divide exponential exponential_minus_one log log_plus_one logistic power remainder rsqrt
  sine sqrt tan tanh`);

/** Per element as well, from other elements of an operand. */
const MOVING = operations(`
  broadcast_in_dim concatenate dynamic_slice gather iota pad reverse slice transpose`);

/** Operations that change a part of their first operand. */
const UPDATING = operations("scatter dynamic_update_slice");

function operations(names: string): ReadonlySet<string> {
  return new Set(
    names
      .trim()
      .split(/\s+/)
      .map((name) => `stablehlo.${name}`),
  );
}

/** The kernels of a program, in the order of their recording. */
export function fuse({ results }: Pick<ProgramGraph, "results">, platform: LoweringPlatform): readonly Kernel[] {
  const ops = operationsOf(results).filter((op) => !isView(op) && !isFree(op));
  const absorbs = absorption(ops, platform);
  const plan = planFusion(ops, results, absorbs);
  return ops.filter((op) => plan.stored.has(op)).map((op) => kernelOf(op, plan, absorbs));
}

interface Plan {
  readonly stored: ReadonlySet<Operation>;
  /** Stored operations that readers compute again all the same, if they can. */
  readonly repeated: ReadonlySet<Operation>;
}

/** Decides from the last operation to the first, so that all readers of an operation are known. */
function planFusion(ops: readonly Operation[], results: readonly Value[], absorbs: Absorbs): Plan {
  const stored = new Set<Operation>();
  const repeated = new Set<Operation>();
  /** Kernels that an operation would be part of. */
  const homes = new Map<Operation, Set<Operation>>();
  /** Operations that somebody must read from memory. */
  const inMemory = new Set<Operation>(results.map((value) => storedAs(value).op));
  for (const op of [...ops].reverse()) {
    const own = homes.get(op) ?? new Set<Operation>();
    const store = inMemory.has(op) || !isPerElement(op) || (own.size > 1 && !isCheap(op));
    const again = store && isPerElement(op) && isCheap(op) && isUnary(op);
    if (store) stored.add(op);
    if (again) repeated.add(op);
    const kernels = store ? [op, ...(again ? own : [])] : [...own];
    for (const source of sourcesOf(op)) {
      if (!absorbs(op, source)) inMemory.add(source);
      const known = homes.get(source);
      if (known === undefined) homes.set(source, new Set(kernels));
      else for (const kernel of kernels) known.add(kernel);
    }
  }
  return { stored, repeated };
}

function kernelOf(op: Operation, { stored, repeated }: Plan, absorbs: Absorbs): Kernel {
  const reads = new Set<Value>();
  /** Read at other positions than the one that is written. */
  const elsewhere = new Set<Value>();
  const seen = { here: new Set<Operation>(), elsewhere: new Set<Operation>() };
  const visit = (reader: Operation, here: boolean): void => {
    if (seen.elsewhere.has(reader) || (here && seen.here.has(reader))) return;
    (here ? seen.here : seen.elsewhere).add(reader);
    inputsOf(reader).forEach((operand, i) => {
      const value = storedAs(operand);
      const samePlace =
        here && (isPerElement(reader) ? !MOVING.has(reader.name) : i === 0 && UPDATING.has(reader.name));
      const again = repeated.has(value.op) && absorbs(reader, value.op);
      if (isParameter(value) || (stored.has(value.op) && !again)) {
        for (const source of throughBarriers(value)) (samePlace ? reads : elsewhere).add(source);
      } else if (!isFree(value.op)) visit(value.op, samePlace);
    });
  };
  visit(op, true);
  return {
    op,
    reads: [...new Set([...reads, ...elsewhere])],
    inPlace: new Set([...reads].filter((value) => !elsewhere.has(value))),
  };
}

/** Operations that give their operands, and whatever was fused, to `op`. */
function sourcesOf(op: Operation): readonly Operation[] {
  return inputsOf(op).map((value) => storedAs(value).op);
}

/** The value and, behind a barrier, what it holds back: its memory is read too. */
function throughBarriers(value: Value): readonly Value[] {
  const held = isBarrier(value.op) ? value.op.operands[value.index] : undefined;
  return held === undefined ? [value] : [value, ...throughBarriers(storedAs(held))];
}

/** True if `reader` can compute `source` on the way. */
type Absorbs = (reader: Operation, source: Operation) => boolean;

/**
 * What can be fused into what. On CUDA a reduction takes in whatever works per element. On CPUs reductions run in a library
 * (YNNPACK) that takes in one multiplication, of which there must be no other reader, and nothing behind it.
 */
function absorption(ops: readonly Operation[], platform: LoweringPlatform): Absorbs {
  const readers = new Map<Operation, Operation[]>();
  for (const op of ops) for (const source of sourcesOf(op)) readers.set(source, [...(readers.get(source) ?? []), op]);
  const inLibrary = (op: Operation): boolean => {
    const [reader, other] = readers.get(op) ?? [];
    return op.name === "stablehlo.multiply" && other === undefined && reader?.name === "stablehlo.reduce";
  };
  return (reader, source) => {
    if (!isPerElement(source)) return false;
    if (reader.name === "stablehlo.dot_general") return source.name === "stablehlo.transpose" && rankOf(source) === 2;
    if (reader.name === "stablehlo.reduce") return platform === "cuda" || inLibrary(source);
    return isPerElement(reader) && !(platform === "cpu" && inLibrary(reader));
  };
}

function isPerElement(op: Operation): boolean {
  const { name } = op;
  return ELEMENTWISE.has(name) || EXPENSIVE.has(name) || MOVING.has(name) || name.startsWith("chlo.") || isFilled(op);
}

function isCheap({ name }: Operation): boolean {
  return !EXPENSIVE.has(name) && !name.startsWith("chlo.") && name !== "stablehlo.gather";
}

/** Reads at most one operand as large as its result. */
function isUnary(op: Operation): boolean {
  const size = Math.max(...op.operands.map(bytesOf), 0);
  const large = op.operands.filter(
    (operand) => bytesOf(operand) >= size && !isConstant(operand) && operand.op.name !== "stablehlo.broadcast_in_dim",
  );
  return large.length <= 1;
}

/** An array of one number: XLA keeps the number. */
function isFilled({ name, results: [value] }: Operation): boolean {
  return name === "stablehlo.constant" && value !== undefined && value.type.shape.length > 0 && isUniform(value);
}

/** Arguments, and constants, which are part of the program. */
function isFree(op: Operation): boolean {
  return (
    op.name === "block_arguments" ||
    op.results.every((value) => isParameter(value) || (isConstant(value) && !isFilled(op)))
  );
}

function rankOf(op: Operation): number {
  return op.results[0]?.type.shape.length ?? 0;
}
