/** RMSNorm as a registered norm. */
import { rmsNorm } from "@l3m/tfjs-kernels";
import { checkTrailingShape } from "../nn/trailing-shape.ts";
import * as z from "zod";
import { defineNorm } from "../contract/definition.ts";
import { ONES } from "../params/initializers.ts";

const options = z.strictObject({
  dim: z.int().positive().describe("Width of the last axis."),
  eps: z.number().positive().default(1e-6).describe("Added to the mean square."),
});

export const rmsNormLayer = defineNorm({
  name: "rms-norm",
  summary: "Root-mean-square normalisation with a learned gain.",
  aliases: ["l3m.model.layers.normalization.RMSNorm"],
  positional: ["dim", "eps"],
  options,
  build({ dim, eps }, context) {
    const weight = context.param("weight", [dim], { init: ONES, axes: ["embed"] });
    return {
      forward(x) {
        checkTrailingShape(x, [dim]);
        return rmsNorm(x, weight.value, eps);
      },
    };
  },
});
