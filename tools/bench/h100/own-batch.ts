/** The first training batch of a config's own data, and what a step on it computes. */
import type { Batch } from "@l3m/core";
import { batchTypes, estimateStep, type Experiment, openTrainData, plainReporter } from "@l3m/train";

/** `flops` of the model by the rule of MFU: counted in the traced forward pass, times three. */
export async function ownBatch(experiment: Experiment): Promise<{ readonly batch: Batch; readonly flops: number }> {
  const quiet = { ...plainReporter(), info: () => undefined, work: () => undefined };
  const source = await openTrainData(experiment, quiet, undefined);
  const { batch } = await source.next();
  await source.close();
  const { flops } = await estimateStep(experiment, batchTypes(batch, experiment.config.data.train.batch_size));
  return { batch, flops: flops?.model ?? 0 };
}
