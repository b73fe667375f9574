/** What the compiler itself says of a training step: compiled on the config's engine, not run. */
import { L3mError } from "@l3m/errors";
import type { CompiledMemory, EngineName, EngineOptions } from "../engines/engine.ts";
import { openEngine } from "../engines/open-engine.ts";
import { layoutOf } from "../run/layout-of.ts";
import type { Experiment } from "../run/open-experiment.ts";
import { createTraining } from "../training.ts";
import { type BatchTypes, stepArguments } from "./step-arguments.ts";

export interface CompiledStep {
  readonly engine: EngineName;
  /** Of one device. */
  readonly memory: CompiledMemory;
}

/**
 * Compiles the step for a batch of these types.
 *
 * @throws L3M_ENGINE_MISSING without a plugin, L3M_BAD_OPTION on an engine that does not compile
 */
export async function compileStep(
  experiment: Experiment,
  types: BatchTypes,
  options: Pick<EngineOptions, "cacheDir" | "onProgress"> = {},
): Promise<CompiledStep> {
  const layout = layoutOf(experiment);
  const engine = await openEngine(experiment.config.experiment.engine, {
    ...options,
    ...(layout === undefined ? {} : { mesh: layout.mesh }),
  });
  try {
    if (engine.tracer === undefined) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: `The engine ${engine.name} compiles nothing.`,
        where: experiment.loaded.place("experiment.engine"),
        expected: "an XLA engine",
        got: engine.name,
        fix: "Add experiment.engine=xla-cpu.",
      });
    }
    const training = createTraining(experiment, engine, layout);
    const { state, batch, inputs } = stepArguments(training, engine.tracer, types);
    await training.step.prepare(state, batch, inputs);
    const memory = training.step.reports[0]?.memory;
    if (memory === undefined) throw new L3mError("L3M_INVARIANT", { message: "the compiled step has no report" });
    return { engine: engine.name, memory };
  } finally {
    await engine.stop();
  }
}
