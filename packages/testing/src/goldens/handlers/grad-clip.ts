/** `grad_clip`: clipping by the global norm. */
import type { Tensor } from "@l3m/core/tf";
import { clipGradNorm } from "@l3m/optim";
import { Comparison } from "../comparison.ts";
import { stored, toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";
import { Program } from "../program.ts";

interface ClipCase {
  readonly max_norm: number;
  /** Number of tensors. */
  readonly tensors: number;
  /** Indices of those without a gradient. */
  readonly null: readonly number[];
  readonly norm: number;
}

export const gradClip: Handler = {
  builds: () => [],
  async run(golden, { jit }) {
    const comparison = new Comparison();
    const tolerance = toleranceOf(golden, "outputs");
    for (const [i, clip] of (golden.fields["cases"] as readonly ClipCase[]).entries()) {
      const present = Array.from({ length: clip.tensors }, (_, j) => j).filter((j) => !clip.null.includes(j));
      const program = new Program((tensors) => {
        const { norm, grads } = clipGradNorm(
          present.map((j) => tensors.get(`${j}`) as Tensor),
          clip.max_norm,
        );
        return new Map([["norm", norm], ...present.map((j, k): [string, Tensor] => [`${j}`, grads[k] as Tensor])]);
      }, jit);
      const results = await program.run(new Map(present.map((j) => [`${j}`, stored(golden, `in.${i}.${j}`)])));
      comparison.number(`cases.${i}.norm`, results.get("norm")?.data[0], clip.norm, tolerance);
      for (const j of present)
        comparison.array(`out.${i}.${j}`, results.get(`${j}`), stored(golden, `out.${i}.${j}`), tolerance);
    }
    return comparison;
  },
};
