/** The projection of a CLIP tower into the shared space. */
import * as tf from "@l3m/core/tf";
import { l2Normalize, linearParams } from "@l3m/core/nn";
import { type BuildContext, defineBlock, L3mError, maybeWrite, type Param, read, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  in_features: z.int().positive().describe("Width of the tower's output."),
  out_features: z.int().positive().describe("Width of the shared space."),
  use_bias: z.boolean().default(false).describe("Bias of the projection."),
  apply_l2_norm: z.boolean().default(true).describe("Put embeddings on the unit sphere."),
  apply_temperature: z.boolean().default(false).describe("Multiply by the logit scale; one of the two towers should."),
  init_temperature: z.number().positive().default(0.07).describe("The logit scale starts at 1 / init_temperature."),
  max_logit_scale: z.number().min(1).default(100).describe("Upper bound of a learned logit scale; the lower one is 1."),
  learnable_temperature: z.boolean().default(true).describe("Train the logit scale."),
});

/**
 * `normalize(W x) exp(log_logit_scale)` (Radford et al. 2021); writes the scale, float32 `[1]`, under `logit_scale`. A learned
 * scale is kept in [1, max_logit_scale] by a projection when weights are set and after every update, so gradients flow at
 * the bounds too. The buffer `max_log_logit_scale` exists for upstream's state dicts; the bound itself is the option.
 */
export const clipHead = defineBlock({
  name: "clip-head",
  summary: "Projection into CLIP's shared space, normalised and optionally scaled by a learned temperature.",
  aliases: ["l3m.model.heads.clip_head.CLIPHead"],
  positional: [
    "in_features",
    "out_features",
    "use_bias",
    "apply_l2_norm",
    "apply_temperature",
    "init_temperature",
    "max_logit_scale",
    "learnable_temperature",
  ],
  options,
  ports: { x: read(null, "... D=in_features"), y: write(null), logit_scale: maybeWrite("logit_scale", "1") },
  build(given, context) {
    const { in_features, out_features, use_bias, apply_l2_norm, apply_temperature } = given;
    if (apply_temperature && !apply_l2_norm) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "A logit scale needs normalised embeddings.",
        where: { path: `${context.where}.apply_temperature` },
        expected: "apply_l2_norm: true next to apply_temperature: true",
        got: "apply_l2_norm: false",
        fix: "Set apply_l2_norm: true or apply_temperature: false.",
      });
    }
    const logScale = logitScaleParam(given, context);
    const project = linearParams(context, "linear", {
      in: in_features,
      out: out_features,
      bias: use_bias,
      axes: ["projection", "embed"],
    });
    return {
      forward({ x }) {
        const projected = project(x);
        const features = apply_l2_norm ? l2Normalize(projected) : projected;
        if (logScale === undefined) return { y: features };
        const logit_scale = tf.exp(logScale.value);
        return { y: tf.mul(features, logit_scale), logit_scale };
      },
    };
  },
});

function logitScaleParam(given: z.infer<typeof options>, context: BuildContext): Param | undefined {
  const max = Math.log(given.max_logit_scale);
  const param = given.apply_temperature
    ? context.param("log_logit_scale", [1], {
        init: { kind: "constant", value: Math.log(1 / given.init_temperature) },
        trainable: given.learnable_temperature,
        precision: "f32",
        ...(given.learnable_temperature ? { project: { kind: "clamp", min: 0, max } as const } : {}),
      })
    : undefined;
  if (given.learnable_temperature)
    context.buffer("max_log_logit_scale", [], { init: { kind: "constant", value: max } });
  return param;
}
