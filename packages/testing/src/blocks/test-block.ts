/** Checks that hold for every block, loss and layer, whoever wrote it. */
import assert from "node:assert/strict";
import { type Definition, drawParam, type Kind } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { withGradients } from "../goldens/gradients.ts";
import { type HostResult, type Jit, Program } from "../goldens/program.ts";
import { type BlockSetup, type BlockUnderTest, buildUnderTest } from "./block-under-test.ts";
import { type InputSpec, type RandomArray, RandomNumbers } from "./random-input.ts";

type Tensor = tf.Tensor;
type Arrays = Map<string, RandomArray | HostResult>;

export interface TestBlockOptions extends BlockSetup {
  /** Inputs by DataDict key; for layers by name, `x` first. A batch of at least 2 in the first axis. */
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** False for what has no derivative (a step, a rounding). Default true. */
  readonly gradients?: boolean;
  /** Largest relative difference between gradients and finite differences; default 0.02. */
  readonly gradientTolerance?: number;
  /** Inputs that keep their size in the first axis when the batch is cut to 1. Default none. */
  readonly unbatched?: readonly string[];
  readonly seed?: number;
  /** How the current engine compiles; the compiled numbers are then compared with the eager ones. */
  readonly jit?: Jit;
}

/** Kinds that take tensors and give tensors. */
const TESTABLE: readonly Kind[] = ["block", "loss", "norm", "activation", "attention", "ffn", "module", "mask"];
/** Step of finite differences, along a direction of unit root mean square. */
const STEP = 1e-2;

/**
 * Builds the thing as a config would and checks, on the current tfjs backend: unknown options are refused; exactly the
 * declared ports are read and written, in their shapes; outputs are finite; no tensor is left behind; the same inputs give
 * the same numbers; a batch of one works; gradients of inputs and parameters agree with finite differences; compiled
 * numbers agree with eager ones.
 *
 * @throws AssertionError with what is wrong, or the error of the block itself.
 */
export async function testBlock(definition: Definition, options: TestBlockOptions): Promise<void> {
  assert.ok(
    TESTABLE.includes(definition.kind),
    `testBlock takes ${TESTABLE.join(", ")}; "${definition.name}" is of kind ${definition.kind}`,
  );
  const block = buildUnderTest(definition, options);
  refusesUnknownOptions(definition, options);
  const random = new RandomNumbers(options.seed ?? 1);
  const inputs = new Map(Object.entries(options.inputs).map(([name, spec]) => [`in.${name}`, random.array(spec)]));
  const params = await parameters(block, random);
  const all: Arrays = new Map([...inputs, ...params]);

  const before = tf.memory().numTensors;
  const forward = new Program((tensors) => block.run(tensors), undefined);
  const first = await forward.run(all);
  assert.equal(tf.memory().numTensors, before, "the block leaves tensors behind");
  for (const [name, { data, dtype }] of first)
    assert.ok(dtype !== "float32" || data.every(Number.isFinite), `the output "${name}" is not finite`);
  const second = await forward.run(all);
  for (const [name, { data }] of first)
    assert.deepEqual(
      [...(second.get(name) as HostResult).data],
      [...data],
      `the output "${name}" differs between two equal calls`,
    );

  await batchOfOne(block, all, options, first);
  if (options.gradients !== false) await finiteDifferences(block, all, options, random, first);
  if (options.jit !== undefined) await sameCompiled(block, all, options.jit, first);
}

function refusesUnknownOptions(definition: Definition, options: TestBlockOptions): void {
  assert.throws(
    () => buildUnderTest(definition, { ...options, options: { ...options.options, an_option_that_does_not_exist: 1 } }),
    `"${definition.name}" accepts an option that does not exist`,
  );
}

/** Initial values with a little noise, so that zeros and ones do not hide mistakes. */
async function parameters({ built }: BlockUnderTest, random: RandomNumbers): Promise<Arrays> {
  const drawn: Arrays = new Map();
  for (const spec of [...built.params, ...built.buffers]) {
    const dtype = "dtype" in spec ? spec.dtype : "float32";
    const initial = tf.tidy(() =>
      tf.cast(drawParam(spec.init, tf.tensor1d([1, 2], "int32"), spec.path, spec.shape), dtype),
    );
    const data = (await initial.data()) as HostResult["data"];
    initial.dispose();
    const isParam = "trainable" in spec;
    drawn.set(`param.${spec.path}`, {
      shape: spec.shape,
      dtype,
      data: isParam ? Float32Array.from(data, (value) => value + 0.1 * random.normal()) : data,
    });
  }
  return drawn;
}

async function batchOfOne(
  block: BlockUnderTest,
  all: Arrays,
  options: TestBlockOptions,
  whole: ReadonlyMap<string, HostResult>,
): Promise<void> {
  const batch = [...all].find(([name]) => name.startsWith("in."))?.[1].shape[0];
  const cut: Arrays = new Map(
    [...all].map(([name, array]) => [
      name,
      name.startsWith("in.") && array.shape[0] === batch && options.unbatched?.includes(name.slice(3)) !== true
        ? firstRow(array)
        : array,
    ]),
  );
  const results = await new Program((tensors) => block.run(tensors), undefined).run(cut);
  for (const [name, { shape, dtype, data }] of results) {
    assert.equal(
      shape.length,
      whole.get(name)?.shape.length,
      `with a batch of one, the output "${name}" has another rank`,
    );
    assert.ok(
      dtype !== "float32" || data.every(Number.isFinite),
      `with a batch of one, the output "${name}" is not finite`,
    );
  }
}

function firstRow(array: RandomArray | HostResult): RandomArray | HostResult {
  const [rows = 1, ...rest] = array.shape;
  return { ...array, shape: [1, ...rest], data: array.data.slice(0, array.data.length / rows) };
}

/** Compares, for every float input and trained parameter, the gradient along a random direction with a central difference. */
async function finiteDifferences(
  block: BlockUnderTest,
  all: Arrays,
  options: TestBlockOptions,
  random: RandomNumbers,
  outputs: ReadonlyMap<string, HostResult>,
): Promise<void> {
  const weights = new Map(
    [...outputs]
      .filter(([name, { dtype }]) => dtype === "float32" && !isMetric(name, outputs))
      .map(([name, { data }]) => [name, random.normals(data.length)]),
  );
  const trained = new Set(block.built.params.filter(({ trainable }) => trainable).map(({ path }) => `param.${path}`));
  const variables = [...all]
    .filter(([name, { dtype }]) => dtype === "float32" && (name.startsWith("in.") || trained.has(name)))
    .map(([name]) => name);
  const backward = new Program((tensors) => {
    const xs = new Map(variables.map((name) => [name, tensors.get(name) as Tensor]));
    return withGradients(() => {
      const values = block.run(tensors);
      const terms = [...weights].map(([name, weight]) =>
        tf.sum(tf.mul(values.get(name) as Tensor, tf.tensor(weight, outputs.get(name)?.shape as number[]))),
      );
      return { outputs: new Map(), scalar: terms.length === 0 ? undefined : tf.addN(terms) };
    }, xs);
  }, undefined);
  const grads = await backward.run(all);
  const forward = new Program((tensors) => block.run(tensors), undefined);
  const scalar = async (changed: Arrays): Promise<number> => {
    const values = await forward.run(changed);
    return [...weights].reduce((sum, [name, weight]) => sum + dot((values.get(name) as HostResult).data, weight), 0);
  };
  for (const name of variables) {
    const array = all.get(name) as RandomArray;
    const direction = random.normals(array.data.length);
    const moved = (by: number): Arrays =>
      new Map(all).set(name, {
        ...array,
        data: Float32Array.from(array.data, (value, i) => value + by * (direction[i] as number)),
      });
    const numeric = ((await scalar(moved(STEP))) - (await scalar(moved(-STEP)))) / (2 * STEP);
    const grad = (grads.get(`grad.${name}`) as HostResult).data;
    const analytic = dot(grad, direction);
    const size = Math.max(Math.abs(numeric), Math.sqrt(dot(grad, grad)));
    const allowed = (options.gradientTolerance ?? 0.02) * size + 1e-3;
    assert.ok(
      Math.abs(numeric - analytic) <= allowed,
      `the gradient of "${name.replace(/^(in|param)\./, "")}" along a random direction is ${analytic}, finite differences give ${numeric}`,
    );
  }
}

/** Metrics of a loss are not differentiated. */
function isMetric(name: string, outputs: ReadonlyMap<string, HostResult>): boolean {
  return outputs.has("loss") && name !== "loss";
}

async function sameCompiled(
  block: BlockUnderTest,
  all: Arrays,
  jit: Jit,
  eager: ReadonlyMap<string, HostResult>,
): Promise<void> {
  const compiled = await new Program((tensors) => block.run(tensors), jit).run(all);
  for (const [name, { data }] of eager) {
    const values = compiled.get(name)?.data;
    assert.equal(values?.length, data.length, `the output "${name}" is missing when compiled`);
    data.forEach((value, i) =>
      assert.ok(
        Math.abs((values?.[i] as number) - value) <= 1e-5 + 1e-4 * Math.abs(value),
        `the output "${name}" at ${i} is ${values?.[i]} when compiled and ${value} op by op`,
      ),
    );
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
