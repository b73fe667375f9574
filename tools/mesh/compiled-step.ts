/** The quickstart's training step, compiled and not run: its module text and its memory. One call per process. */
import * as tf from "@l3m/core/tf";
import preset from "@l3m/preset-l3m";
import { createTraining, type JitReport, layoutOf, openEngine, openExperiment } from "@l3m/train";
import path from "node:path";
import { ROOT } from "../e2e/run-l3m.ts";

export interface CompiledStep {
  readonly text: string;
  /** Memory of intermediate results on one device, by GetCompiledMemoryStats. */
  readonly tempBytes: number;
}

export interface StepSize {
  /** B, samples of a batch. */
  readonly batch: number;
  /** N, tokens of a caption. */
  readonly context: number;
}

/** Compiles the step of every list of overrides, on the mesh of the first one. */
export async function compileSteps(size: StepSize, variants: readonly (readonly string[])[]): Promise<CompiledStep[]> {
  const experiments = [];
  for (const variant of variants) {
    const overrides = [`data.train.batch_size=${size.batch}`, `constants.context=${size.context}`, ...variant];
    experiments.push(await openExperiment(path.join(ROOT, "configs/quickstart/clip.yaml"), { preset, overrides }));
  }
  const [first] = experiments;
  const layout = first === undefined ? undefined : layoutOf(first);
  const engine = await openEngine("xla-cpu", layout === undefined ? {} : { mesh: layout.mesh });
  try {
    const compiled = [];
    for (const experiment of experiments) {
      const training = createTraining(experiment, engine, layout);
      const inputs = { key: tf.tensor1d([0, 0], "int32"), scalars: tf.tensor1d(training.scalars.values(0, 1)) };
      await training.step.prepare(await training.initialState(), emptyBatch(size), inputs);
      compiled.push(memoryAndText(training.step.reports[0]));
    }
    return compiled;
  } finally {
    await engine.stop();
  }
}

function emptyBatch({ batch, context }: StepSize) {
  const tokens = tf.ones([batch, context], "int32");
  return { image: tf.ones([batch, 3, 32, 32]), text: tokens, text_mask: tokens };
}

function memoryAndText(report: JitReport | undefined): CompiledStep {
  if (report === undefined) throw new Error("the engine compiled nothing");
  return { text: report.text(), tempBytes: report.memory.tempBytes };
}
