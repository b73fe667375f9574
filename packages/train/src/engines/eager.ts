/** Engines that run every op at once: a jitted function is the function itself, with its garbage collected. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine, EngineName, JitOptions, Jitted, Stepper, Tree } from "./engine.ts";
import { leavesOf, mapTree } from "./tree.ts";

/** An engine over tfjs's current backend. */
export function eagerEngine(name: EngineName, description: string): Engine {
  return {
    name,
    description,
    devices: 1,
    compiles: false,
    jit: (fn, options) => eagerJit(fn, options),
    tensorOver: (data, shape) => tf.tensor(data, [...shape], data instanceof Float32Array ? "float32" : "int32"),
    memory: () => undefined,
    stop: async () => undefined,
  };
}

function eagerJit<A extends readonly Tree[], R extends Tree>(fn: (...args: A) => R, options: JitOptions): Jitted<A, R> {
  const run = (...args: A): R => {
    tf.engine().startScope(options.name);
    let result: R;
    try {
      // a result that is an argument gets its own handle, so that disposing of the argument is safe
      const given = new Set(args.flatMap(leavesOf));
      result = mapTree(fn(...args), (leaf) => tf.keep(given.has(leaf) ? tf.clone(leaf) : leaf));
    } finally {
      tf.engine().endScope();
    }
    for (const index of options.donate ?? []) tf.dispose(leavesOf(args[index] as Tree) as Tensor[]);
    return result;
  };
  return Object.assign(run, {
    prepare: async () => undefined,
    bind: (state: A[0]) => eagerStepper<A, R>((args) => run(...(args as A)), state),
    reports: [],
  });
}

function eagerStepper<A extends readonly Tree[], R extends Tree>(
  call: (args: readonly Tree[]) => Tree,
  initial: A[0],
): Stepper<A, R> {
  let current = initial as Tree;
  let givenAway = true;
  return {
    run(...inputs) {
      const { state, ...others } = call([current, ...(inputs as readonly Tree[])]) as {
        readonly state: Tree;
        readonly [key: string]: Tree;
      };
      current = state;
      givenAway = false;
      return others as Omit<R, "state">;
    },
    state() {
      givenAway = true;
      return current as A[0];
    },
    dispose() {
      if (!givenAway) tf.dispose(leavesOf(current));
    },
  };
}
