/** A built block, loss or layer as one function from named tensors to named tensors, with its traffic watched. */
import assert from "node:assert/strict";
import {
  build,
  type Built,
  corePlugin,
  type DataDict,
  type DataValue,
  type Definition,
  definePlugin,
  evalContext,
  type ForwardContext,
  isTensor,
  type KeyFlow,
  kindKey,
  type Layer,
  type Loss,
  type Plugin,
  project,
  ReadWriteBlock,
  Registry,
  Rng,
  withParams,
} from "@l3m/core";
import * as tf from "@l3m/core/tf";

type Tensor = tf.Tensor;
type Tensors = ReadonlyMap<string, Tensor>;

export interface BlockSetup {
  /** Options as in a config. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options that an owner would supply. */
  readonly parent?: Readonly<Record<string, unknown>>;
  /** Plugins beside core that its slots name. */
  readonly plugins?: readonly Plugin[];
  readonly train?: boolean;
}

export interface BlockUnderTest {
  readonly built: Built<unknown>;
  /** `in.<key>`, `param.<path>` and values of buffers to outputs by name. */
  run(tensors: Tensors): Map<string, Tensor>;
}

/** Builds it from a node, as a config would. */
export function buildUnderTest(definition: Definition, setup: BlockSetup): BlockUnderTest {
  const others = setup.plugins ?? [];
  const isProvided = [corePlugin, ...others].some(({ provides }) => provides.includes(definition));
  const own = isProvided ? [] : [definePlugin({ namespace: "under-test", provides: [definition] })];
  const registry = new Registry([...new Set([corePlugin, ...others, ...own])]);
  const name = registry.names.find((full) => registry.get(full).definition === definition);
  const parent = setup.parent === undefined ? {} : { parent: setup.parent };
  const built = build(
    registry,
    definition.kind,
    { [kindKey(definition.kind)]: name, ...setup.options },
    { where: definition.name, ...parent },
  );
  const projections = new Map(built.params.map((spec) => [spec.path, spec.project]));
  return {
    built,
    run(tensors) {
      const values = new Map(
        under(tensors, "param.").map(([path, value]) => [path, project(value, projections.get(path))]),
      );
      const context = evalContext({ train: setup.train ?? false, rng: new Rng(tf.tensor1d([1, 2], "int32")) });
      return withParams(values, () => call(definition, built.product, under(tensors, "in."), context));
    },
  };
}

function call(
  definition: Definition,
  product: unknown,
  inputs: readonly [string, Tensor][],
  context: ForwardContext,
): Map<string, Tensor> {
  if (product instanceof ReadWriteBlock) return callBlock(product, inputs, context);
  if (definition.kind === "loss") {
    const { loss, metrics } = (product as Loss).forward(new Map(inputs), context);
    assert.deepEqual(loss.shape, [], `the loss of "${definition.name}" is not a scalar`);
    for (const [name, metric] of Object.entries(metrics))
      assert.equal(metric.size, 1, `the metric "${name}" of "${definition.name}" is not a scalar`);
    return new Map([["loss", loss], ...Object.entries(metrics)]);
  }
  const [[, x], ...named] = inputs as [[string, Tensor], ...[string, Tensor][]];
  return new Map([["output", (product as Layer).forward(x, context, Object.fromEntries(named))]]);
}

/** Runs a block and checks its traffic against its ports; an opaque block may do what it likes. */
function callBlock(
  block: ReadWriteBlock,
  inputs: readonly [string, Tensor][],
  context: ForwardContext,
): Map<string, Tensor> {
  const dict = new WatchedDict(inputs);
  const returned = block.forward(dict, context);
  assert.equal(returned, dict, "the block must return the DataDict that it was given");
  const flow = block.flow();
  if (flow !== undefined && isClosed(flow)) {
    const [reads, writes] = [keysOf(flow, "reads"), keysOf(flow, "writes")];
    assert.deepEqual(
      [...dict.read].filter((key) => !reads.has(key) && !writes.has(key)),
      [],
      "the block reads keys that are no ports of it",
    );
    assert.deepEqual(
      [...dict.written].filter((key) => !writes.has(key)),
      [],
      "the block writes keys that are no ports of it",
    );
    assert.deepEqual(
      [...keysOf(flow, "writes", true)].filter((key) => !dict.written.has(key)),
      [],
      "the block did not write keys that its ports promise",
    );
  }
  for (const [key, tensor] of inputs) assert.ok(!tensor.isDisposed, `the block disposed of its input "${key}"`);
  return new Map([...dict.written].flatMap((key) => namedTensors(key, Map.prototype.get.call(dict, key) as DataValue)));
}

/** A DataDict that remembers which keys were asked for and which were set. */
class WatchedDict extends Map<string, DataValue> implements DataDict {
  readonly read = new Set<string>();
  readonly written = new Set<string>();

  constructor(inputs: readonly [string, Tensor][]) {
    super();
    for (const [key, tensor] of inputs) super.set(key, tensor);
  }
  override get(key: string): DataValue | undefined {
    if (!this.written?.has(key)) this.read?.add(key);
    return super.get(key);
  }
  override set(key: string, value: DataValue): this {
    this.written?.add(key);
    return super.set(key, value);
  }
}

function isClosed(flow: KeyFlow): boolean {
  return flow.children.every(({ flow: child }) => child !== undefined && isClosed(child));
}

function keysOf(flow: KeyFlow, direction: "reads" | "writes", requiredOnly = false): Set<string> {
  const own = flow[direction].filter(({ optional }) => !requiredOnly || !optional).map(({ key }) => key);
  return new Set([
    ...own,
    ...flow.children.flatMap(({ flow: child }) =>
      child === undefined ? [] : [...keysOf(child, direction, requiredOnly)],
    ),
  ]);
}

function namedTensors(key: string, value: DataValue): [string, Tensor][] {
  if (isTensor(value)) return [[key, value]];
  return Array.isArray(value) ? (value as DataValue[]).flatMap((entry, i) => namedTensors(`${key}.${i}`, entry)) : [];
}

function under(tensors: Tensors, prefix: string): [string, Tensor][] {
  return [...tensors]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, tensor]) => [name.slice(prefix.length), tensor]);
}
