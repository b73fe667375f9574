/** From the config's `experiment.precision` to the formats of a step. */
import type { ExperimentSection } from "@l3m/config";
import { L3mError, type ErrorPlace } from "@l3m/errors";
import { FULL_PRECISION, MIXED_PRECISION, type PrecisionPolicy } from "@l3m/tfjs-kernels";
import type { Engine } from "../engines/engine.ts";

/** @throws L3M_BAD_OPTION when the engine only computes in f32 */
export function precisionPolicy(
  precision: ExperimentSection["precision"],
  engine: Pick<Engine, "name" | "compiles">,
  where: ErrorPlace,
): PrecisionPolicy {
  const policy = precision === "f32" ? FULL_PRECISION : precision === "bf16" ? MIXED_PRECISION : precision;
  if (engine.compiles || (policy.compute === "f32" && policy.param === "f32" && policy.reduce === "f32")) return policy;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The engine ${engine.name} computes in f32 only.`,
    where,
    expected: "f32, or an XLA engine",
    got: JSON.stringify(precision),
    fix: "Set experiment.precision=f32, or choose --engine xla.",
  });
}
