/** Every handler by name: those that run, and those whose subject does not exist yet. */
import type { Handler } from "../handler.ts";
import { args } from "./args.ts";
import { collateTable } from "./collate-table.ts";
import { configInstantiate } from "./config-instantiate.ts";
import {
  configBuild,
  configCliOverrides,
  configInterpolation,
  configMerge,
  configSample,
  configScalars,
} from "./config-language.ts";
import { configTrain } from "./config-train.ts";
import { cropTable } from "./crop-table.ts";
import { criterionSteps } from "./criterion-steps.ts";
import { criterion } from "./criterion.ts";
import { criterionReplicas } from "./criterion-replicas.ts";
import { dataDict } from "./data-dict.ts";
import { datasetGenerators } from "./dataset-generators.ts";
import { functionTable } from "./function-table.ts";
import { plainFunction } from "./function.ts";
import { gradClip } from "./grad-clip.ts";
import { gradientScalerHandler } from "./gradient-scaler.ts";
import { imageFolder } from "./image-folder.ts";
import { imageTransform } from "./image-transform.ts";
import { initStatistics } from "./init-statistics.ts";
import { maskGeneratorTable } from "./mask-generator-table.ts";
import { metric } from "./metric.ts";
import { metricsGate } from "./metrics-gate.ts";
import { mixupCalls } from "./mixup-calls.ts";
import { moeBalancing } from "./moe-balancing.ts";
import { moeLayers } from "./moe-layers.ts";
import { mupInitHandler } from "./mup-init.ts";
import { nameMatch } from "./name-match.ts";
import { optimizerSteps } from "./optimizer-steps.ts";
import { paramGroupsHandler } from "./param-groups.ts";
import { promptTemplates } from "./prompt-templates.ts";
import { rngTable } from "./rng-table.ts";
import { samplerTable } from "./sampler-table.ts";
import { scheduleRuns, scheduleTable, stepScheduler, torchScheduler } from "./schedules.ts";
import { tokenizerTable } from "./tokenizer-table.ts";
import { zeroShotMetric } from "./zero-shot-metric.ts";

export const HANDLERS: Readonly<Record<string, Handler>> = {
  args,
  collate_table: collateTable,
  config_build: configBuild,
  config_cli_overrides: configCliOverrides,
  config_instantiate: configInstantiate,
  config_interpolation: configInterpolation,
  config_merge: configMerge,
  config_sample: configSample,
  config_scalars: configScalars,
  config_train: configTrain,
  criterion,
  criterion_replicas: criterionReplicas,
  criterion_steps: criterionSteps,
  crop_table: cropTable,
  data_dict: dataDict,
  dataset_generators: datasetGenerators,
  function: plainFunction,
  function_table: functionTable,
  grad_clip: gradClip,
  gradient_scaler: gradientScalerHandler,
  image_folder: imageFolder,
  image_transform: imageTransform,
  init_statistics: initStatistics,
  mask_generator_table: maskGeneratorTable,
  metric,
  metrics_gate: metricsGate,
  mixup_calls: mixupCalls,
  moe_balancing: moeBalancing,
  moe_layers: moeLayers,
  mup_init: mupInitHandler,
  name_match: nameMatch,
  optimizer_steps: optimizerSteps,
  param_groups: paramGroupsHandler,
  prompt_templates: promptTemplates,
  rng_table: rngTable,
  sampler_table: samplerTable,
  schedule_runs: scheduleRuns,
  schedule_table: scheduleTable,
  step_scheduler: stepScheduler,
  tokenizer_table: tokenizerTable,
  torch_scheduler: torchScheduler,
  zero_shot_metric: zeroShotMetric,
};

/** Names of the handlers that run. */
export const HANDLED: readonly string[] = Object.keys(HANDLERS);

/** Handlers of things that L3M does not have yet, with what is missing. Their cases are skipped and listed. */
export const NOT_YET: Readonly<Record<string, string>> = {
  chunk_batch: "chunks are slices inside the compiled training step, which no door opens on its own",
  filled_model: "its parameters follow a rule that no published case states",
  filled_parts: "its parameters follow a rule that no published case states",
  repeated_calls: "its draws are those of numpy and torch; the block draws from the counters of the run",
};
