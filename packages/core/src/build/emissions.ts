/** What the blocks of one forward pass hand out beside their results: scalars to log, and side losses. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { L3mError } from "@l3m/errors";
import type { EmitOptions, ForwardContext } from "../contract/forward-context.ts";

interface Emission {
  readonly name: string;
  readonly value: Tensor;
  readonly options: EmitOptions;
}

interface SideLoss {
  readonly sum: Tensor;
  readonly count: number;
  readonly parts: number | undefined;
}

/** Collects what is emitted during one pass. Give a context its `emit`, `takeLoss` and, around a checkpointing, `remat`. */
export class Emissions {
  readonly #scalars = new Map<string, Tensor>();
  readonly #losses = new Map<string, SideLoss>();
  #receive = (emission: Emission): void => this.#record(emission);

  /** What to log, by name; side losses that nobody took among them. */
  get scalars(): ReadonlyMap<string, Tensor> {
    const losses = [...this.#losses].map(([name, { sum }]) => [name, sum] as const);
    return new Map([...this.#scalars, ...losses]);
  }

  readonly emit: ForwardContext["emit"] = (name, value, options = {}) => this.#receive({ name, value, options });

  readonly takeLoss: ForwardContext["takeLoss"] = (name) => {
    const taken = this.#losses.get(name);
    if (taken === undefined) return undefined;
    checkParts(name, taken);
    this.#losses.delete(name);
    return taken.sum;
  };

  /** The objective plus every side loss that nobody took. */
  addTo(loss: Tensor): Tensor {
    let total = loss;
    for (const [name, side] of this.#losses) {
      checkParts(name, side);
      total = tf.add(total, side.sum);
    }
    return total;
  }

  /** `remat` for parts that emit: what is emitted inside leaves the part as further results of it, so gradients reach it. */
  remat(remat: ForwardContext["remat"]): ForwardContext["remat"] {
    return (scope, fn, inputs) => {
      let inside: Emission[] = [];
      const run = (xs: readonly Tensor[]): Tensor[] => {
        const outer = this.#receive;
        const emitted: Emission[] = [];
        this.#receive = (emission) => void emitted.push(emission);
        try {
          const results = fn(xs);
          inside = emitted;
          return [...results, ...emitted.map(({ value }) => value)];
        } finally {
          this.#receive = outer;
        }
      };
      const all = remat(scope, run, inputs);
      const results = all.slice(0, all.length - inside.length);
      inside.forEach(({ name, options }, i) => this.emit(name, all[results.length + i] as Tensor, options));
      return results;
    };
  }

  #record({ name, value, options }: Emission): void {
    if (options.loss !== true) {
      this.#scalars.set(name, value);
      return;
    }
    const before = this.#losses.get(name);
    this.#losses.set(name, {
      sum: before === undefined ? value : tf.add(before.sum, value),
      count: (before?.count ?? 0) + 1,
      parts: options.parts,
    });
  }
}

function checkParts(name: string, { count, parts }: SideLoss): void {
  if (parts === undefined || parts === count) return;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The side loss "${name}" is a mean over ${parts} layers, and ${count} layers gave their part.`,
    expected: `${parts} layers`,
    got: `${count} layers`,
    fix: `Set num_layers of these layers to ${count}.`,
  });
}
