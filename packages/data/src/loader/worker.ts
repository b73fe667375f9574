/** Entry point of a loader worker thread: builds the pipeline from its recipe, then makes the batches asked for, one at a time. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "@l3m/errors";
import { prepareDataset } from "../datasets/prepare-dataset.ts";
import { makeBatch } from "./make-batch.ts";
import type { BuildPipeline, Pipeline, PipelineRecipe } from "./pipeline.ts";
import { shareBatch } from "./shared-batch.ts";
import { sendError, type WorkerReply, type WorkerRequest, type WorkerSetup } from "./worker-messages.ts";

const port = parentPort;
invariant(port !== null, "loader/worker runs in a worker thread only");
const { recipe, seed, badSamples } = workerData as WorkerSetup;

// A failing build is reported by every request, so that the loader hears of it in order.
const building = buildPipeline(recipe);
building.catch(() => undefined);
let queue: Promise<void> = Promise.resolve();

port.on("message", (request: WorkerRequest) => {
  if (request === "close") {
    void queue.then(() => port.close());
    return;
  }
  queue = queue.then(async () => port.postMessage(await answer(request)));
});

async function buildPipeline(from: PipelineRecipe): Promise<Pipeline> {
  const module = (await import(from.builder)) as { readonly buildPipeline?: BuildPipeline };
  invariant(module.buildPipeline !== undefined, `${from.builder} exports no buildPipeline`);
  const pipeline = await module.buildPipeline(from);
  await prepareDataset(pipeline.dataset);
  return pipeline;
}

async function answer(request: Exclude<WorkerRequest, "close">): Promise<WorkerReply> {
  const { id, indices, draw, buffer } = request;
  try {
    const { batch, skipped } = await makeBatch(await building, { indices, draw, seed, badSamples });
    return { id, skipped, shared: batch === undefined ? undefined : shareBatch(batch, buffer) };
  } catch (error) {
    return { id, error: sendError(error) };
  }
}
