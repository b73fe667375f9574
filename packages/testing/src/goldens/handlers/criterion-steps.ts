/** `criterion_steps`: one criterion per replica, kept over several steps, whose gathers see the other replicas of the same step. */
import { type DataDict, evalContext, type ForwardContext, type Loss, ProposedState, withParams } from "@l3m/core";
import { detach } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import { storedUnder, toleranceOf } from "../expectations.ts";
import { Comparison } from "../comparison.ts";
import { withGradients } from "../gradients.ts";
import type { Handler } from "../handler.ts";
import { buildTarget, parametersOf } from "../module-case.ts";
import { Program } from "../program.ts";

type Tensor = tf.Tensor;

interface Row {
  readonly step: number;
  readonly replica: number;
  readonly loss: number | string;
  readonly metrics: Readonly<Record<string, unknown>>;
}

export const criterionSteps: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, surroundings) {
    const built = buildTarget(golden, surroundings, "loss");
    const parameters = await parametersOf(golden, built);
    const count = golden.fields["replicas"] as number;
    const steps = golden.fields["steps"] as number;
    const gradients = storedUnder(golden, "grad.");
    const program = new Program((tensors) => {
      const xs = new Map([...gradients.keys()].map((name) => [name, tensors.get(name) as Tensor]));
      const values = new Map([...parameters.keys()].map((path) => [path, tensors.get(`param.${path}`) as Tensor]));
      return withGradients(() => {
        const outputs = new Map<string, Tensor>();
        const states = Array.from({ length: count }, () => new ProposedState());
        const losses: Tensor[] = [];
        for (let step = 0; step < steps; step++) {
          const dicts = states.map((_, replica) => dictUnder(tensors, `in.${step}.${replica}.`));
          const shared = dicts.map((dict, replica) => gatheredBy(built.product, dict, replica, count, values));
          for (const [replica, dict] of dicts.entries()) {
            let calls = 0;
            const gather = (): Tensor => detach(tf.concat(take(shared, calls++), 0));
            const context = evalContext({
              train: true,
              state: states[replica] as ProposedState,
              replicas: { index: replica, count, gather },
            });
            const { loss, metrics } = withParams(values, () => built.product.forward(dict, context));
            losses.push(loss);
            outputs.set(`loss.${step}.${replica}`, loss);
            for (const [name, value] of Object.entries(metrics))
              outputs.set(`metric.${step}.${replica}.${name}`, value);
          }
        }
        return { outputs, scalar: tf.addN(losses) }; // what was gathered is constant: every input has its own replica's gradient
      }, xs);
    }, surroundings.jit);

    const inputs = [...storedUnder(golden, "in.")].map(([name, value]) => [`in.${name}`, value] as const);
    const results = await program.run(
      new Map([...inputs, ...[...parameters].map(([path, value]) => [`param.${path}`, value] as const)]),
    );
    const comparison = new Comparison();
    for (const [name, expected] of gradients)
      comparison.array(`grad.${name}`, results.get(`grad.${name}`), expected, toleranceOf(golden, "grads"));
    for (const { step, replica, loss, metrics } of golden.fields["table"] as readonly Row[]) {
      const place = `${step}.${replica}`;
      comparison.number(`loss ${place}`, results.get(`loss.${place}`)?.data[0], loss, toleranceOf(golden, "loss"));
      const prefix = `metric.${place}.`;
      const found = [...results].filter(([name]) => name.startsWith(prefix));
      const numbers = Object.fromEntries(
        found.map(([name, { data }]) => [name.slice(prefix.length), data[0] as number]),
      );
      comparison.numbers(`metrics ${place}`, numbers, metrics, toleranceOf(golden, "metrics"));
    }
    return comparison;
  },
};

/** What a replica hands to its gathers, in the order of the calls. */
function gatheredBy(
  loss: Loss,
  dict: DataDict,
  index: number,
  count: number,
  values: ReadonlyMap<string, Tensor>,
): Tensor[] {
  const handed: Tensor[] = [];
  const gather: ForwardContext["replicas"]["gather"] = (x) => {
    handed.push(x);
    return tf.concat(
      Array.from({ length: count }, () => x),
      0,
    );
  };
  withParams(values, () => loss.forward(dict, evalContext({ train: true, replicas: { index, count, gather } })));
  return handed;
}

function take(shared: readonly (readonly Tensor[])[], call: number): Tensor[] {
  return shared.map((handed) => handed[call] as Tensor);
}

function dictUnder(tensors: ReadonlyMap<string, Tensor>, prefix: string): DataDict {
  const under = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(under.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
