/** `criterion_replicas`: one criterion per replica on its rows of the inputs; gathers are emulated in one process. */
import { evalContext, type ReplicaGroup, withParams } from "@l3m/core";
import { detach } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import { dictOf, type InputFields } from "../case-dict.ts";
import { names, storedUnder, toleranceOf } from "../expectations.ts";
import { withGradients } from "../gradients.ts";
import type { Handler } from "../handler.ts";
import { buildTarget, compareStored, parametersOf } from "../module-case.ts";
import { Program } from "../program.ts";

type Tensor = tf.Tensor;

export const criterionReplicas: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, surroundings) {
    const built = buildTarget(golden, surroundings, "loss");
    const parameters = await parametersOf(golden, built);
    const replicas = golden.fields["replicas"] as number;
    const rows = golden.fields["local_batch"] as number;
    const program = new Program((tensors) => {
      const xs = new Map(names(golden, "grads").map((name) => [name, tensors.get(name) as Tensor]));
      const values = new Map([...parameters.keys()].map((path) => [path, tensors.get(`param.${path}`) as Tensor]));
      return withGradients(() => {
        const outputs = new Map<string, Tensor>();
        // every replica's own rows, kept by identity so that a gather finds the other replicas' rows of the same input
        const locals = Array.from(
          { length: replicas },
          (_, k) =>
            new Map([...tensors].map(([name, x]) => [name, name.startsWith("in.") ? rowsOf(x, k * rows, rows) : x])),
        );
        for (const [k, local] of locals.entries()) {
          const dict = dictOf(golden.fields as InputFields, local);
          dict.set("logit_scale", tf.ones([1]));
          const context = evalContext({ train: true, replicas: emulated(k, locals) });
          const { loss, metrics } = withParams(values, () => built.product.forward(dict, context));
          outputs.set(`loss.${k}`, loss);
          for (const [name, value] of Object.entries(metrics)) outputs.set(`metric.${k}.${name}`, value);
        }
        // with constants in place of gathered rows, the sum has every replica's own gradient in the rows that it holds
        const scalar = tf.addN(Array.from({ length: replicas }, (_, k) => outputs.get(`loss.${k}`) as Tensor));
        return { outputs, scalar };
      }, xs);
    }, surroundings.jit);
    const inputs = [...storedUnder(golden, "in.")].map(([name, value]) => [`in.${name}`, value] as const);
    const results = await program.run(
      new Map([...inputs, ...[...parameters].map(([path, value]) => [`param.${path}`, value] as const)]),
    );
    const comparison = compareStored(golden, surroundings, results);
    const perReplica = golden.fields["per_replica"] as readonly Readonly<Record<string, unknown>>[];
    for (const [k, expected] of perReplica.entries()) {
      for (const [name, value] of Object.entries(expected)) {
        if (name === "rank") continue;
        const got = results.get(name === "loss" ? `loss.${k}` : `metric.${k}.${name}`);
        comparison.number(`replica ${k} ${name}`, got?.data[0], value, toleranceOf(golden, "loss"));
      }
    }
    return comparison;
  },
};

/** The group as replica `index` sees it. */
function emulated(index: number, locals: readonly ReadonlyMap<string, Tensor>[]): ReplicaGroup {
  return {
    index,
    count: locals.length,
    gather(x, key, withGrad) {
      const own = locals[index] ?? new Map<string, Tensor>();
      const name = [...own].find(([, tensor]) => tensor === x)?.[0] ?? `in.${key}`;
      const all = tf.concat(
        locals.map((local, k) => (k === index ? x : (local.get(name) as Tensor))),
        0,
      );
      return withGrad || locals.length === 1 ? all : detach(all);
    },
  };
}

function rowsOf(x: Tensor, start: number, count: number): Tensor {
  return tf.slice(x, [start, ...x.shape.slice(1).map(() => 0)], [count, ...x.shape.slice(1)]);
}
