export { configFromTree, loadConfig, type LoadConfigOptions } from "./load-config.ts";
export type { LoadedConfig } from "./loaded-config.ts";
export { COMMAND_LINE, type KnownKeys } from "./overrides.ts";
export { overrideTree } from "./override-tree.ts";
export { resolveTree, type Resolution } from "./interpolation/resolve-tree.ts";
export { mergeNodes, type MergeReport } from "./tree/merge.ts";
export { toPlainTree, type ConfigNode, type ConfigTree } from "./tree/config-node.ts";
export { readYaml, type YamlReading } from "./yaml/read-yaml.ts";
export { SourceText } from "./yaml/source-text.ts";
export { instantiate, PartialTarget, type Factory, type InstantiateOptions, type Keywords } from "./instantiate.ts";
export type { ConfigWarning } from "./tree/stale-options.ts";
export { parseExperiment } from "./experiment/parse-experiment.ts";
export type {
  DataSection,
  DataSplit,
  ExperimentConfig,
  ExperimentSection,
  MeshSection,
  ModelSection,
  OptimSection,
  WeightsSection,
  RegistryNode,
} from "./experiment/experiment-config.ts";
export { importConfig } from "./upstream/import-config.ts";
export { FRAME_KEYS, type FrameKey } from "./upstream/frame-keys.ts";
export { scoresSet } from "./experiment/scores-set.ts";
export { experimentJsonSchema, type JsonSchema } from "./schema/json-schema.ts";
export { findPlugins, type PluginSource } from "./plugins/find-plugins.ts";
export { loadPlugins, type LoadedPlugin } from "./plugins/load-plugins.ts";
export { loadToolSettings, type ToolSettings } from "./tool-settings.ts";
export { checkConfig, placeError, type CheckOptions, type CheckReport } from "./check/check-config.ts";
export { formatCheck } from "./check/format-check.ts";
export type { KeyFlowReport, KeyFlowStep, UnwrittenRead } from "./check/key-flow-report.ts";
export type { ParameterRow, ParameterTable } from "./check/parameter-table.ts";
