/** Compiles functions of tensors: traced once per signature, then one execution per call. */
import { L3mError } from "@l3m/errors";
import { type Tensor } from "@tensorflow/tfjs-core";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { type Compiled, type Compiler } from "../compile/compiler.ts";
import { type CompileFlags } from "../compile/platform-flags.ts";
import { type PlannedProgram, planProgram } from "./plan-program.ts";
import { Program } from "./program.ts";
import { JitReport } from "./report.ts";
import { leafShardings, type ShardingTree } from "./sharding-tree.ts";
import { type ProgramOf, StatefulCalls, type StepInputs, type Stepper } from "./stepper.ts";
import { type TracedFunction, traceFunction } from "./trace-function.ts";
import { flatten, type Tree, type TreeShape } from "./tree.ts";

export interface JitOptions {
  /** Shown in errors and reports; the function's own name by default. */
  readonly name?: string;
  /** Numbers of the arguments whose buffers the call consumes and whose tensors it disposes. Default none. */
  readonly donate?: readonly number[];
  /** One tree per argument; replicated by default. Only with a mesh. */
  readonly inShardings?: readonly ShardingTree[];
  readonly outShardings?: ShardingTree;
  /** XLA flags of this function, over those of the engine. */
  readonly compileFlags?: CompileFlags;
}

/** A compiled function. */
export interface Jitted<A extends readonly Tree[], R extends Tree> {
  /** Runs it; the first call with a new signature (tree structure, shapes, dtypes) traces and compiles. */
  (...args: A): R;
  /** Traces and compiles for the signature of these arguments without running; the event loop keeps turning. */
  prepare(...args: A): Promise<JitReport>;
  /**
   * Keeps `state`, the donated first argument, on the devices between calls; for functions `(state, ...inputs) => ({ state,
   * ...others })`. The tensors of `state` belong to the stepper from its first call on.
   *
   * @throws L3M_TRACE at the first call, when the result has no `state` of the same structure and types
   */
  bind(state: A[0]): Stepper<A, R>;
  /** The StableHLO module for the signature of these arguments, without compiling it. */
  lower(...args: A): string;
  /** One report per signature, in order. */
  readonly reports: readonly JitReport[];
}

interface Planned extends PlannedProgram {
  readonly leaves: readonly Tensor[];
  readonly traceMs: number;
  readonly traced: TracedFunction;
}

export function jit<A extends readonly Tree[], R extends Tree>(
  backend: XlaBackend,
  compiler: Compiler,
  fn: (...args: A) => R,
  options: JitOptions,
): Jitted<A, R> {
  const name = options.name ?? (fn.name === "" ? "jit" : fn.name);
  const applied = (args: readonly Tree[]): Tree => fn(...(args as A));
  const programs: { readonly program: Program; readonly report: JitReport }[] = [];
  const reports: JitReport[] = [];
  const partitions = backend.mesh === undefined ? 1 : backend.devices.devices.length;
  const compileOptions = {
    numPartitions: partitions,
    ...(options.compileFlags !== undefined && { flags: options.compileFlags }),
  };

  const plan = (args: readonly Tree[]): Planned => {
    const start = performance.now();
    const leaves: Tensor[] = [];
    const shape = flatten(args, leaves, `the arguments of "${name}"`);
    const traced = traceFunction(backend, name, applied, shape, leaves);
    const layout = {
      inputShardings: leafShardings(shape, options.inShardings, `the arguments of "${name}"`),
      resultShardings: leafShardings(traced.resultShape, options.outShardings, `the result of "${name}"`),
      donated: donatedLeaves(shape, options.donate ?? [], name),
    };
    const planned = planProgram(name, traced, shape, leaves, layout, backend.mesh);
    return { ...planned, traced, leaves, traceMs: performance.now() - start };
  };

  const finish = (planned: Planned, { executable, compileMs, fromCache }: Compiled): (typeof programs)[number] => {
    const program = new Program(planned.plan, backend, executable);
    const report = new JitReport({
      name,
      traceMs: planned.traceMs,
      compileMs,
      fromCache,
      moduleText: planned.text,
      executable,
      notes: planned.traced.notes,
    });
    const finished = { program, report };
    if (!planned.traced.madeVariables) programs.push(finished); // else it runs once, and is traced again with the variables in place
    reports.push(report);
    return finished;
  };

  /** The program of these arguments. One that makes variables runs once only, so a caller that keeps it must say so. */
  const programOf = (args: readonly Tree[], kept: boolean): ReturnType<ProgramOf> => {
    for (const { program } of programs) {
      const leaves: Tensor[] = [];
      if (program.accepts(args, leaves)) return { program, leaves };
    }
    const planned = plan(args);
    if (kept) refuseNewVariables(name, planned.traced);
    const { program } = finish(planned, compiler.compileSync(planned.text, compileOptions));
    return { program, leaves: planned.leaves };
  };

  const call = (...args: A): R => {
    if (backend.trace !== undefined) return fn(...args); // inside another trace: part of that program
    const { program, leaves } = programOf(args, false);
    return program.call(leaves) as R;
  };

  const bind = (state: A[0]): Stepper<A, R> => {
    const calls = new StatefulCalls(name, (args) => programOf(args, true), state);
    const run = (...inputs: StepInputs<A>): Omit<R, "state"> => {
      if (backend.trace === undefined) return calls.run(inputs as readonly Tree[]) as Omit<R, "state">;
      throw new L3mError("L3M_TRACE", {
        message: `"${name}" keeps a state, and was called inside "${backend.trace.name}"`,
        fix: "Call the function itself there, and pass it the state.",
      });
    };
    return {
      run,
      state: () => calls.state() as A[0],
      dispose: () => calls.dispose(),
    };
  };

  const prepare = async (...args: A): Promise<JitReport> => {
    const known = () => programs.find(({ program }) => program.accepts(args, []))?.report;
    const ready = known();
    if (ready !== undefined) return ready;
    const planned = plan(args);
    refuseNewVariables(name, planned.traced);
    const compiled = await compiler.compile(planned.text, compileOptions);
    return known() ?? finish(planned, compiled).report;
  };

  return Object.assign(call, { prepare, bind, lower: (...args: A) => plan(args).text, reports });
}

/** Refuses a function that makes variables where its program is kept: the next call would make them again. */
function refuseNewVariables(name: string, { madeVariables, assigned, captures }: TracedFunction): void {
  if (!madeVariables) return;
  for (const { variable } of assigned)
    if (captures.every((capture) => capture.variable !== variable)) variable.dispose();
  throw new L3mError("L3M_TRACE", {
    message: `"${name}" makes variables, so it cannot be prepared or bound before its first call`,
    fix: "Make the variables before, or call the function.",
  });
}

/** Numbers of the leaves that belong to the donated arguments. */
function donatedLeaves(shape: TreeShape, donate: readonly number[], name: string): ReadonlySet<number> {
  const items = shape.kind === "list" ? shape.items : [];
  const bad = donate.find((index) => index < 0 || index >= items.length);
  if (bad !== undefined) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: `"${name}" cannot donate argument ${bad}`,
      expected: `numbers below ${items.length}`,
      got: String(bad),
    });
  }
  let next = 0;
  const donated = new Set<number>();
  items.forEach((item, i) => {
    const count = countLeaves(item);
    if (donate.includes(i)) for (let k = 0; k < count; k++) donated.add(next + k);
    next += count;
  });
  return donated;
}

function countLeaves(shape: TreeShape): number {
  if (shape.kind === "leaf") return 1;
  return shape.kind === "none" ? 0 : shape.items.reduce((sum, item) => sum + countLeaves(item), 0);
}
