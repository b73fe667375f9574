/** `mixup_calls`: batches mixed again and again on numpy's global stream. */
import { build, type Sample } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import { names, stored, toleranceOf } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { NumpyLegacy } from "../rng/numpy-legacy.ts";

/** The variant of a case that does not depend on where a box of odd size ends. */
const ANY = "any";

export const mixupCalls: Handler = {
  builds: ({ target }) => [target],
  run(golden, { registry, compat }) {
    const comparison = new Comparison();
    for (const variant of names(golden, "variants")) {
      const high = variant === ANY ? {} : { cutmix_high: variant };
      const node = { _target_: golden.target, ...golden.options, ...high };
      const mix = build(registry, "collate", node, { compat }).product;
      const rng = new NumpyLegacy(golden.fields["numpy_seed"] as number);
      for (let call = 0; call < (golden.fields["calls"] as number); call++) {
        const { tensors } = mix(samplesOf(golden), rng);
        const prefix = variant === ANY ? `out.${call}` : `out.${variant}.${call}`;
        for (const key of ["image", "target"])
          comparison.array(
            `${prefix}.${key}`,
            tensors[key],
            stored(golden, `${prefix}.${key}`),
            toleranceOf(golden, "outputs"),
          );
      }
    }
    return comparison;
  },
};

/** The batch of a case, taken apart. */
function samplesOf(golden: GoldenCase): Sample[] {
  const { data, shape } = stored(golden, "in.image");
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
  return Array.from(stored(golden, "in.target").data, (target, i) => ({
    image: { data: Float32Array.from(data.subarray(i * size, (i + 1) * size)), shape: shape.slice(1) },
    target,
  }));
}
