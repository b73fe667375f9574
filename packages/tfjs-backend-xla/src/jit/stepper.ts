/** A function from state to state, with the state kept on the devices between calls. */
import { L3mError } from "@l3m/errors";
import { type Tensor } from "@tensorflow/tfjs-core";
import { CarriedProgram } from "./carried-program.ts";
import { type STATE } from "./carried-leaves.ts";
import { type Program } from "./program.ts";
import { type Tree } from "./tree.ts";

/** The arguments after the state. */
export type StepInputs<A extends readonly unknown[]> = A extends readonly [unknown, ...infer I] ? I : never;

/** Made by `bind` of a compiled function `(state, ...inputs) => ({ state, ...others })` that donates its state. */
export interface Stepper<A extends readonly Tree[], R extends Tree> {
  /**
   * One call: the same as that of the function on the present state, which its result replaces. No tensors of the state
   * are made, so the host's work does not grow with the size of the model but for freeing handles.
   */
  run(...inputs: StepInputs<A>): Omit<R, typeof STATE>;
  /** The present state as tensors, which stay valid until the next {@link run} consumes them. Waits for nothing. */
  state(): A[0];
  /** Frees the state, unless it is held by tensors that {@link state} gave. */
  dispose(): void;
}

/** Where the programs of a function come from: that of this signature, compiled now if it is new. */
export type ProgramOf = (args: readonly Tree[]) => { readonly program: Program; readonly leaves: readonly Tensor[] };

/** Holds the state as tensors (at first, and when someone asked for them), in a program's call, or, once disposed of, not at all. */
export class StatefulCalls {
  readonly #name: string;
  readonly #programOf: ProgramOf;
  #tensors: Tree | undefined;
  #carried: CarriedProgram | undefined;

  constructor(name: string, programOf: ProgramOf, state: Tree) {
    this.#name = name;
    this.#programOf = programOf;
    this.#tensors = state;
  }

  run(inputs: readonly Tree[]): Tree {
    const known: Tensor[] = [];
    if (this.#carried?.accepts(inputs, known)) return this.#carried.run(known);
    const { program, leaves } = this.#programOf([this.state(), ...inputs]);
    const carried = new CarriedProgram(program, leaves);
    this.#carried = carried;
    this.#tensors = undefined;
    return carried.run(leaves.slice(carried.size));
  }

  state(): Tree {
    if (this.#carried !== undefined) {
      this.#tensors = this.#carried.unload();
      this.#carried = undefined;
    }
    if (this.#tensors !== undefined) return this.#tensors;
    throw new L3mError("L3M_TRACE", {
      message: `the state of "${this.#name}" was disposed of`,
      fix: "Bind the function to another state.",
    });
  }

  dispose(): void {
    this.#carried?.destroy();
    this.#carried = undefined;
    this.#tensors = undefined;
  }
}
