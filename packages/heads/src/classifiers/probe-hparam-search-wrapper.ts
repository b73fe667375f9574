/** Probes with different hyper-parameters that learn side by side on one trunk. */
import { type DataDict, defineContainer, slot } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  lr_grid: z.array(z.number()).min(1).describe("Learning rates."),
  wd_grid: z.array(z.number()).default([]).describe("Weight decays; empty leaves them out of the names."),
  batchnorm_grid: z.array(z.boolean()).min(1).default([false]).describe("Values of the head's use_batchnorm."),
});

/**
 * One head per combination, under `heads.HP_LR_<lr>_BN_<True|False>[_WD_<wd>]`, numbers as Python writes them with a comma for the
 * point (a whole number without one, also where the YAML says `1.0`, which ml-l3m calls `1,0`): the optimizer reads its learning
 * rate and weight decay from that name. Each head runs on a copy of the DataDict; the
 * result maps the name of each head to its copy, which is what `losses/multi-head-loss-wrapper` takes.
 */
export const probeHparamSearchWrapper = defineContainer({
  name: "probe-hparam-search-wrapper",
  summary: "Trains a grid of probes with different learning rates and weight decays in one run.",
  aliases: ["l3m.model.heads.wrappers.ProbeHparamSearchWrapper"],
  positional: ["head", "lr_grid", "wd_grid", "batchnorm_grid"],
  options,
  slots: { head: slot("block") },
  build({ head, lr_grid, wd_grid, batchnorm_grid }, context) {
    const decays = wd_grid.length === 0 ? [undefined] : wd_grid;
    const grid = lr_grid.flatMap((lr) =>
      batchnorm_grid.flatMap((norm) => decays.map((decay) => ({ lr, norm, decay }))),
    );
    const heads = grid.map(({ lr, norm, decay }) => {
      const name = probeName(lr, norm, decay);
      return [name, context.child(`heads.${name}`, head, { use_batchnorm: norm })] as const;
    });
    return {
      children: heads.map(([, block]) => block),
      forward: (dict, forward): DataDict =>
        new Map(
          heads.map(([name, block]) => [name, Object.fromEntries(block.forward(new Map(dict), forward))] as const),
        ),
    };
  },
});

function probeName(lr: number, batchNorm: boolean, decay: number | undefined): string {
  const name = `HP_LR_${pythonNumber(lr)}_BN_${batchNorm ? "True" : "False"}`;
  return (decay === undefined ? name : `${name}_WD_${pythonNumber(decay)}`).replaceAll(".", ",");
}

/** The shortest digits that give the number back, as Python prints them: with an exponent of two digits below 1e-4. */
function pythonNumber(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}
