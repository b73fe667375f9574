/**
 * The graph: immutable operations and the values they define. An operation knows the innermost region whose block
 * arguments it depends on (its `scope`), so printing can hoist everything else out of the region.
 */
import { type Attributes } from "./attributes.ts";
import { type TensorType } from "./types.ts";

/** One output of an operation. */
export class Value {
  readonly op: Operation;
  /** Position among the results of `op`. */
  readonly index: number;
  readonly type: TensorType;

  constructor(op: Operation, index: number, type: TensorType) {
    this.op = op;
    this.index = index;
    this.type = type;
  }
}

/** A block with arguments inside an operation: the body of a loop, a reducer, a comparator. */
export class Region {
  readonly arguments: readonly Value[];
  readonly results: readonly Value[];
  /** Values that the body uses and that are defined outside it. */
  readonly captures: readonly Value[];
  /** 1 for a region of an op at function level. */
  readonly depth: number;

  constructor(types: readonly TensorType[], body: (args: readonly Value[]) => readonly Value[]) {
    openRegions += 1;
    this.depth = openRegions;
    try {
      this.arguments = new Operation({ name: BLOCK_ARGUMENTS, results: types, owner: this }).results;
      this.results = body(this.arguments);
    } finally {
      openRegions -= 1;
    }
    this.captures = findCaptures(this);
  }
}

/** Writes an operation's right-hand side, `stablehlo.add %0, %1 : tensor<4xf32>`. */
export type Format = (op: Operation, nameOf: (value: Value) => string) => string;

export interface OperationInit {
  /** Full name with dialect, `stablehlo.add`. */
  readonly name: string;
  readonly operands?: readonly Value[];
  readonly results: readonly TensorType[];
  readonly attributes?: Attributes;
  readonly regions?: readonly Region[];
  /** Custom assembly; the generic MLIR form when absent. */
  readonly format?: Format;
  /** For block arguments: the region that owns them. */
  readonly owner?: Region;
}

/** Name of the pseudo-operations that define function parameters. */
const PARAMETER = "parameter";
/** Name of the pseudo-operations that define the arguments of a region. */
export const BLOCK_ARGUMENTS = "block_arguments";

let nextId = 0;
let openRegions = 0;

/** A node of the graph. Operands always have smaller ids, so creation order is a topological order. */
export class Operation {
  readonly id: number;
  readonly name: string;
  readonly operands: readonly Value[];
  readonly results: readonly Value[];
  readonly attributes: Attributes;
  readonly regions: readonly Region[];
  readonly format: Format | undefined;
  /** Innermost region whose arguments this depends on; undefined at function level. */
  readonly scope: Region | undefined;

  constructor(init: OperationInit) {
    this.id = nextId++;
    this.name = init.name;
    this.operands = init.operands ?? [];
    this.attributes = init.attributes ?? {};
    this.regions = init.regions ?? [];
    this.format = init.format;
    this.results = init.results.map((type, index) => new Value(this, index, type));
    this.scope = init.owner ?? innermostScope(this);
  }
}

/** Creates an operation with one result and returns that result. */
export function operation(init: Omit<OperationInit, "results" | "owner"> & { readonly result: TensorType }): Value {
  const { result, ...rest } = init;
  const [value] = new Operation({ ...rest, results: [result] }).results;
  return value as Value;
}

/** A leaf that becomes an argument of the function it is listed in. */
export function parameter(type: TensorType): Value {
  return operation({ name: PARAMETER, result: type });
}

/** True for a value made by {@link parameter}. */
export function isParameter(value: Value): boolean {
  return value.op.name === PARAMETER;
}

/** Everything an operation reads: its operands and what its regions capture. */
export function inputsOf(op: Operation): readonly Value[] {
  return op.regions.length === 0 ? op.operands : [...op.operands, ...op.regions.flatMap((region) => region.captures)];
}

function innermostScope(op: Operation): Region | undefined {
  let scope: Region | undefined;
  for (const { op: source } of inputsOf(op)) {
    if (source.scope !== undefined && source.scope.depth > (scope?.depth ?? 0)) scope = source.scope;
  }
  return scope;
}

function findCaptures(region: Region): readonly Value[] {
  const captures = new Set<Value>();
  const seen = new Set<Operation>();
  const pending = [...region.results];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value.op.scope !== region) captures.add(value);
    else if (!seen.has(value.op)) {
      seen.add(value.op);
      pending.push(...inputsOf(value.op));
    }
  }
  return [...captures];
}
