/** `function`: a plain function called with its options; its value is the first output. */
import { build, type HostArray, isTensor } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import { names, stored, toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";

export const plainFunction: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, { registry, compat }) {
    const { product } = build(
      registry,
      "function",
      { _target_: golden.target, ...golden.options },
      { compat, where: golden.name },
    );
    const value = product.call();
    const got = isTensor(value)
      ? { data: (await value.data()) as HostArray["data"], shape: value.shape }
      : (value as HostArray);
    const comparison = new Comparison();
    const [output = "output"] = names(golden, "outputs");
    comparison.array(output, got, stored(golden, `out.${output}`), toleranceOf(golden, "outputs"));
    return comparison;
  },
};
