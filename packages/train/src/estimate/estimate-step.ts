/** FLOPs and memory of a training step before it runs: traced from declared shapes, with no device, memory or compiler. */
import { invariant } from "@l3m/errors";
import { deviceCount } from "@l3m/fsdp-mesh";
import { ENGINE_NAMES, type EngineName } from "../engines/engine.ts";
import { ENGINES } from "../engines/open-engine.ts";
import { layoutOf } from "../run/layout-of.ts";
import type { Experiment } from "../run/open-experiment.ts";
import { createTraining } from "../training.ts";
import { memoryTable, type MemoryTable } from "./memory-table.ts";
import { modelFlops } from "./model-flops.ts";
import { type BatchTypes, stepArguments } from "./step-arguments.ts";
import { trainedParameters, type TrainedParameters } from "./trained-parameters.ts";
import { startTracingEngine } from "./tracing-engine.ts";

export interface StepFlops {
  /** Every matrix product and convolution as traced: forward, backward, and what is computed again. All devices. */
  readonly step: number;
  /** The model's own by the formula of MFU. All devices. */
  readonly model: number;
  /** Of `model`. */
  readonly perSample: number;
  /** Of `model`; undefined unless every tensor of the batch is `[B, N, ...]`, which are N tokens of B samples. */
  readonly perToken: number | undefined;
}

export interface StepEstimate {
  /** What it holds for. */
  readonly engine: EngineName;
  readonly devices: number;
  readonly batchSize: number;
  readonly parameters: TrainedParameters;
  /** Undefined when the shapes of a batch are not known. */
  readonly flops: StepFlops | undefined;
  /** Of one device. */
  readonly memory: MemoryTable;
}

/**
 * Estimates one step of `experiment`.
 *
 * @param types of a whole batch; undefined where the data could not be read: then only the state is counted
 * @throws L3mError when a block does not take the batch, or the engine not the precision
 */
export async function estimateStep(experiment: Experiment, types: BatchTypes | undefined): Promise<StepEstimate> {
  const { config } = experiment;
  const layout = layoutOf(experiment);
  const devices = layout === undefined ? 1 : deviceCount(layout.mesh);
  const batchSize = config.data.train.batch_size;
  const engine = await startTracingEngine(await engineToEstimate(config.experiment.engine));
  try {
    const training = createTraining(experiment, engine, undefined);
    const args = stepArguments(training, engine.tracer, types === undefined ? {} : shareOf(types, devices));
    const parameters = trainedParameters(training.model.params, training.plan);
    const base = { engine: engine.name, devices, batchSize, parameters };
    const table = (peak: Parameters<typeof memoryTable>[3]): MemoryTable =>
      memoryTable(training.model.params, args.state, args.batch, peak, layout);
    if (types === undefined) return { ...base, flops: undefined, memory: table(undefined) };
    await training.step.prepare(args.state, args.batch, args.inputs);
    const graph = engine.graphs.get("train");
    invariant(graph !== undefined, "the training step was not traced");
    const { matrixFlops, peakMemory } = await import("@l3m/tfjs-backend-xla");
    const model = devices * (await modelFlops(training, engine.tracer, args));
    const tokens = tokensOf(types);
    return {
      ...base,
      flops: {
        step: devices * matrixFlops(graph),
        model,
        perSample: model / batchSize,
        perToken: tokens === undefined ? undefined : model / tokens,
      },
      memory: table(peakMemory(graph, engine.tracer.platform)),
    };
  } finally {
    await engine.stop();
  }
}

/** For `xla` and `auto` the best XLA engine of this machine, or else the one that every machine can have. */
async function engineToEstimate(request: string): Promise<EngineName> {
  const named = ENGINE_NAMES.find((name) => name === request);
  if (named !== undefined) return named;
  for (const adapter of ENGINES)
    if (adapter.name.startsWith("xla-") && (await adapter.available({})).ok) return adapter.name;
  return "xla-cpu";
}

/** The batch of one of `devices`. */
function shareOf(types: BatchTypes, devices: number): BatchTypes {
  return Object.fromEntries(
    Object.entries(types).map(
      ([
        key,
        {
          shape: [rows = 1, ...rest],
          dtype,
        },
      ]) => [key, { shape: [rows / devices, ...rest], dtype }],
    ),
  );
}

function tokensOf(types: BatchTypes): number | undefined {
  const [first, ...others] = Object.values(types).map(({ shape }) => shape);
  const [B, N] = first ?? [];
  if (B === undefined || N === undefined || others.some((shape) => shape[0] !== B || shape[1] !== N)) return undefined;
  return B * N;
}
