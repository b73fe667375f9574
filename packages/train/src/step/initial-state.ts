/** The state before the first step, without working copies: parameters drawn on the engine, optimizer slots at zero. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { drawFromStream, type Initializer, type Model, type Optimizer, project, type Projection } from "@l3m/core";
import { streamKey, streamOf, type Words } from "@l3m/tfjs-kernels";
import type { Engine, Jitted } from "../engines/engine.ts";
import type { ByPath, SavedState } from "./train-state.ts";

/** The second word of every key that initial values come from; steps use theirs for the number of the step. */
const INITIAL = 0x6c336d;

/** Depends on `seed` only, not on the engine. */
export async function initialState(
  engine: Engine,
  model: Model,
  optimizer: Optimizer,
  seed: number,
): Promise<SavedState> {
  const draws = new Draws(engine, [seed, INITIAL]);
  const params = await draws.all(model.params);
  const buffers = await draws.all(model.buffers);
  const zeros = (): ByPath => Object.fromEntries(model.params.map(({ path, shape }) => [path, tf.zeros([...shape])]));
  return {
    params,
    buffers: Object.fromEntries(
      model.buffers.map(({ path, dtype }) => [path, tf.cast(buffers[path] as Tensor, dtype)]),
    ),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])),
    alive: tf.scalar(1),
  };
}

interface Drawn {
  readonly path: string;
  readonly shape: readonly number[];
  readonly init: Initializer;
  readonly project?: Projection | undefined;
}

/** Draws parameters with one compiled program per initialiser and shape, so that a deep model compiles as fast as a shallow one. */
class Draws {
  readonly #engine: Engine;
  readonly #key: Words;
  readonly #programs = new Map<string, Jitted<[Tensor], Tensor>>();

  constructor(engine: Engine, key: Words) {
    this.#engine = engine;
    this.#key = key;
  }

  async all(specs: readonly Drawn[]): Promise<ByPath> {
    const values: Record<string, Tensor> = {};
    for (const spec of specs) values[spec.path] = await this.#draw(spec);
    return values;
  }

  async #draw({ path, shape, init, project: projection }: Drawn): Promise<Tensor> {
    const key = tf.tensor1d([...streamKey(this.#key, streamOf(path))], "int32");
    const draw = (ownKey: Tensor): Tensor => project(drawFromStream(init, ownKey, shape), projection);
    if (isGiven(init)) return tf.tidy(() => draw(key)); // nothing to draw, and a table would be a constant of the program
    const program = this.#program(JSON.stringify({ init, shape, projection }), draw);
    await program.prepare(key);
    const value = program(key);
    key.dispose();
    return value;
  }

  #program(signature: string, draw: (key: Tensor) => Tensor): Jitted<[Tensor], Tensor> {
    const known = this.#programs.get(signature);
    if (known !== undefined) return known;
    const program = this.#engine.jit(draw, { name: "initialise" });
    this.#programs.set(signature, program);
    return program;
  }
}

/** True for values that are written down, not drawn. */
function isGiven(init: Initializer): boolean {
  return init.kind === "constant" || init.kind === "table" || (init.kind === "scaled" && isGiven(init.init));
}
