/** `zero_shot_metric`: images classified by prompts, with a stand-in tokenizer and text tower. */
import { build, type HostArray, type SlotRef } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { invariant } from "@l3m/errors";
import { Comparison } from "../comparison.ts";
import { expectedField, names, stored, toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";
import { Program } from "../program.ts";
import { lengthAO } from "./length-a-o.ts";

export const zeroShotMetric: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, { registry, compat, jit }) {
    const node = {
      _target_: golden.target,
      ...golden.options,
      imagenet_class_names_path: names(golden, "class_names"),
      tokenizer: LENGTH_A_O,
    };
    const metric = build(registry, "metric", node, { compat, where: golden.name }).product;
    const queries = metric.queries?.();
    invariant(queries !== undefined, "a zero-shot metric asks the model for embeddings");
    const tower = new Program((given) => {
      const [tokens, weight] = [given.get("tokens") as tf.Tensor, given.get("weight") as tf.Tensor];
      return new Map([["embeddings", tf.matMul(tf.cast(tokens, "float32"), weight)]]);
    }, jit);
    const [tokens] = Object.values(queries.inputs) as [HostArray];
    const answers = await tower.run(
      new Map<string, HostArray>([
        ["tokens", tokens],
        ["weight", stored(golden, "in.text_weight")],
      ]),
    );
    const vectors = queries.prepare(answers.get("embeddings") as HostArray);
    const run = metric.start(vectors);
    const inputs = Object.entries(golden.fields["inputs"] as Readonly<Record<string, string>>);
    run.update(Object.fromEntries(inputs.map(([name, key]): [string, HostArray] => [key, stored(golden, name)])));

    const comparison = new Comparison();
    const expected = expectedField(golden, compat, "metrics") as Record<string, unknown>;
    comparison.numbers("metrics", await run.result(), expected, toleranceOf(golden, "metrics"));
    comparison.array("out.text_embeds", vectors, stored(golden, "out.text_embeds"), toleranceOf(golden, "outputs"));
    return comparison;
  },
};

const LENGTH_A_O: SlotRef<"tokenizer"> = {
  name: "length_a_o",
  definition: lengthAO,
  options: {},
  node: "length_a_o",
  where: "tokenizer",
  shared: false,
};
