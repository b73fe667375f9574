/** Names of what runs ml-l3m: launcher, loop, checkpoints, processes. */
import { here, type Names } from "./fate.ts";

const ONE_PROCESS = "one process drives all devices of a machine, so there is no group of processes to ask";
const XLA_SPLITS = "XLA's partitioner splits the step along the mesh and moves what has to move";
const SPMD =
  "the step sees the batch of all devices at once, so there is nothing to gather; a loss that looks across replicas asks them";

export const RUN_NAMES: Names = {
  "run.launcher": {
    main: here("packages/cli/src/commands/train.ts", {
      tests: ["tools/e2e/test/quickstart.test.ts", "tools/e2e/test/runs.test.ts"],
    }),
    "build_cfg DEFAULT_CONFIG": here("packages/config/src/load-config.ts#loadConfig", { cases: "config/" }),
    DATA_DIR: { not: "paths are relative to the config file" },
  },
  "run.runner": { main: here("packages/train/src/train.ts#train", { cases: "models/" }) },
  "l3m.engine": {
    train: here("packages/train/src/loop.ts#runLoop", {
      tests: ["tools/e2e/test/quickstart.test.ts", "tools/e2e/test/runs.test.ts", "tools/chaos/test/chaos.test.ts"],
    }),
    evaluate: here("packages/train/src/evaluate.ts#Evaluator", {
      tests: ["tools/e2e/test/model-metrics.test.ts", "tools/e2e/test/quickstart.test.ts"],
    }),
  },
  "l3m.evaluator": {
    maybe_eval_and_save_ckpt: here("packages/train/src/loop.ts#runLoop", {
      remark: "`validate_every`, `checkpoint_every`",
      tests: ["tools/e2e/test/checkpoints.test.ts"],
    }),
    "aggregate_metrics AGGREGATE_METRICS": { not: "no metric has a name that it looks for" },
  },
  "l3m.logging": {
    "setup_logging setup_loggers": here("packages/train/src/run/reporter.ts#plainReporter", {
      tests: ["tools/e2e/test/quickstart.test.ts"],
    }),
    "MetricLogger SmoothedValue": here("packages/train/src/run/metrics-log.ts#MetricsLog", {
      tests: ["tools/e2e/test/runs.test.ts"],
    }),
    DatasetLogger: { not: "it counts samples by the name of their data set; a run trains on one" },
    setup_wandb: { notYet: "`metrics.jsonl` has every step; there is no tracker yet" },
  },
  "l3m.helpers.omegaconf_resolvers": {
    "add subtract mul mul_int div_int div_float sqrt_div": here("packages/config/src/interpolation/resolvers.ts", {
      cases: "config/interpolation",
      tests: ["packages/config/test/interpolation.test.ts"],
    }),
  },
  "l3m.helpers.checkpoint": {
    "prepare_and_load_checkpoints load_checkpoint": here(
      "packages/train/src/checkpoint/load-checkpoint.ts#loadLatest",
      { tests: ["tools/e2e/test/checkpoints.test.ts"] },
    ),
    DistributedCheckpointUtils: here("packages/train/src/checkpoint/save-checkpoint.ts#saveCheckpoint", {
      tests: ["tools/e2e/test/checkpoints.test.ts"],
    }),
    "filter_checkpoint rename_checkpoint": here("packages/train/src/weights/select-weights.ts#selectWeights", {
      tests: ["packages/train/test/weights/starting-weights.test.ts"],
    }),
    "save_on_master dist_execute_only_main": { not: ONE_PROCESS },
  },
  "l3m.helpers.dist.fsdp": {
    "parallelize_model init_fsdp2 build_grouping_plan": here("packages/fsdp-mesh/src/layout.ts#dataParallelLayout", {
      tests: ["tools/mesh/test/annotations.test.ts"],
    }),
    "build_activation_checkpoint_plan apply_ac_to_module apply_ac": here(
      "packages/core/src/params/checkpointed.ts#checkpointed",
      "`model.activation_checkpointing`",
    ),
  },
  "l3m.helpers.dist.utils": {
    "DeviceMeshHandler RankInfo": here("packages/fsdp-mesh/src/mesh.ts#createMesh"),
    "setup_for_distributed is_dist_avail_and_initialized get_world_size get_rank get_local_rank is_main_process init_distributed_mode":
      { not: ONE_PROCESS },
    "aggregate_tensor_across_devices replicate_tensor_if_distributed tensor_to_dtensor": { not: XLA_SPLITS },
  },
  "l3m.helpers.dist.gather": {
    "all_gather_batch all_gather_batch_with_grad GatherLayer": here(
      "packages/core/src/contract/forward-context.ts#ReplicaGroup",
      { remark: SPMD, cases: "clip-loss/clip_two_replicas" },
    ),
  },
  "l3m.helpers.dist.tp": {
    "TPPlan TPPlanFactory tp_parallelize assert_can_do_tp": {
      notYet: "the mesh has data-parallel axes only; ml-l3m's tensor parallelism has never run",
    },
  },
  "l3m.helpers.dist.cp": {
    "CPInputPlan CPParameterPlan CPPlan build_cp_plan create_context_parallel_ctx get_train_context": {
      notYet: "the mesh has data-parallel axes only; ml-l3m's context parallelism has never run",
    },
  },
};
