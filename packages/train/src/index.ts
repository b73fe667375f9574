export { loadCheckpoint, type LoadedCheckpoint, loadLatest } from "./checkpoint/load-checkpoint.ts";
export type { LoopState, Manifest, TensorEntry } from "./checkpoint/format.ts";
export type { FileRecord } from "./checkpoint/hashed-file.ts";
export { openSafetensors } from "./checkpoint/safetensors.ts";
export type { Dtype, TensorData, TensorSource, TensorType } from "./checkpoint/tensor-source.ts";
export {
  type Availability,
  type CompiledMemory,
  type DeviceMemory,
  type Engine,
  ENGINE_NAMES,
  type EngineAdapter,
  type EngineName,
  type EngineOptions,
  type Jitted,
  type JitOptions,
  type JitReport,
  type Placement,
  type PlacementTree,
  type Stepper,
  type Tree,
} from "./engines/engine.ts";
export type { GpuMemory } from "./engines/gpu-memory.ts";
export { ENGINES, openEngine } from "./engines/open-engine.ts";
export { type CheckedStep, checkStep, type CheckStepOptions } from "./estimate/check-step.ts";
export { compileStep, type CompiledStep } from "./estimate/compile-step.ts";
export { estimateStep, type StepEstimate, type StepFlops } from "./estimate/estimate-step.ts";
export { type DevicePeak, devicePeak } from "./estimate/device-peaks.ts";
export { formatEstimate } from "./estimate/format-estimate.ts";
export type { MemoryRow, MemoryTable } from "./estimate/memory-table.ts";
export { batchTypes, type BatchTypes } from "./estimate/step-arguments.ts";
export { startTracingEngine, type TracingEngine } from "./estimate/tracing-engine.ts";
export { type Measured, utilizationLine } from "./estimate/utilization.ts";
export { type CheckedData, inspectData } from "./run/check-key-flow.ts";
export { layoutOf } from "./run/layout-of.ts";
export {
  type Experiment,
  inspectExperiment,
  openExperiment,
  openRegistry,
  type OpenOptions,
} from "./run/open-experiment.ts";
export { readMetrics, type MetricsLine } from "./run/metrics-log.ts";
export {
  formatDuration,
  formatScores,
  formatStep,
  plainReporter,
  type Reporter,
  type ScoreRow,
  type StepProgress,
} from "./run/reporter.ts";
export { openTrainData, type FetchedBatch, type TrainSource } from "./run/open-data.ts";
export { batchTensors } from "./step/batch-tensors.ts";
export type { TrainState } from "./step/train-state.ts";
export { createTraining, type Training } from "./training.ts";
export { train, type TrainOptions, type TrainResult } from "./train.ts";
export { exportWeights, type ExportedWeights, type ExportOptions } from "./weights/export-weights.ts";
export type { ElementTypeName } from "./weights/element-type.ts";
export { LAYOUT_NAMES } from "./weights/layouts/index.ts";
export { openWeights, type OpenedWeights } from "./weights/open-weights.ts";
export type { Weights, WeightSource } from "./weights/weight-source.ts";
