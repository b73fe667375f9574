/** `mup_init`: the factors that muP puts on initial values. */
import * as tf from "@l3m/core/tf";
import { mupInit, type MupOptions } from "@l3m/optim";
import { Comparison } from "../comparison.ts";
import { names, stored, toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";
import { Program } from "../program.ts";

export const mupInitHandler: Handler = {
  builds: () => [],
  async run(golden, { jit }) {
    const paths = names(golden, "params");
    const specs = paths.map((path) => ({ path, trainable: !names(golden, "frozen").includes(path) }));
    const { factors } = mupInit(specs, golden.options["mup_cfg"] as MupOptions);
    const program = new Program(
      (tensors) => new Map([...tensors].map(([path, value]) => [path, tf.mul(value, factors.get(path) ?? 1)])),
      jit,
    );
    const results = await program.run(new Map(paths.map((path) => [path, stored(golden, `param.${path}`)])));
    const comparison = new Comparison();
    for (const path of names(golden, "outputs"))
      comparison.array(`out.${path}`, results.get(path), stored(golden, `out.${path}`), toleranceOf(golden, "outputs"));
    return comparison;
  },
};
