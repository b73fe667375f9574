export { build, buildLoss, buildModel, Model, type BuildOptions, type Built } from "./build/build-model.ts";
export { BuildContext, newBuild, type BuildState } from "./build/build-context.ts";
export type { NodeKeys } from "./build/build-options.ts";
export { Emissions } from "./build/emissions.ts";
export { evalContext, ProposedState, SINGLE_REPLICA } from "./build/eval-context.ts";
export { matchesGlob } from "./build/glob.ts";
export { parseNode, type ParsedNode } from "./build/parse-node.ts";
export { resolveNode } from "./build/resolve-slot.ts";
export { isSlotRef, type SlotRef } from "./build/slot-ref.ts";
export { validateNode } from "./build/validate-node.ts";
export { defineBlock, PortedBlock, type BlockBody, type BlockSpec } from "./contract/define-block.ts";
export {
  ContainerBlock,
  defineContainer,
  defineOpaqueBlock,
  type ContainerBody,
  type ContainerSpec,
} from "./contract/define-container.ts";
export { defineLoss, type LossBody, type LossSpec } from "./contract/define-loss.ts";
export {
  defineActivation,
  defineAttention,
  defineCollate,
  defineDataset,
  defineFfn,
  defineFunction,
  defineMaskGenerator,
  defineMetric,
  defineModule,
  defineNorm,
  defineOptimizer,
  definePosEmbed,
  defineSampler,
  defineSchedule,
  defineShardingPlan,
  defineTokenizer,
  defineTracker,
  defineTransform,
  definer,
  type Definition,
  type DefinitionHead,
  type DefinitionSpec,
} from "./contract/definition.ts";
export type {
  Batch,
  Collate,
  Dataset,
  Field,
  MaskGenerator,
  Sample,
  Sampler,
  SampleRng,
  Tokenizer,
  Transform,
} from "./contract/data-products.ts";
export type { EmitOptions, ForwardContext, ReplicaGroup, StateScope } from "./contract/forward-context.ts";
export { kindKey, kindOfKey, KINDS, LAYER_KINDS, PARENT_OPTIONS, type Kind } from "./contract/kinds.ts";
export {
  optionNames,
  validateOptions,
  type OptionProblem,
  type OptionSchema,
  type OptionsOf,
} from "./contract/option-schema.ts";
export { acceptPlugin, API_VERSION, definePlugin, type Plugin } from "./contract/plugin.ts";
export {
  fromOption,
  fromPort,
  maybeRead,
  maybeReadValue,
  maybeWrite,
  read,
  readList,
  readValue,
  write,
  writeList,
  writeValue,
  type PortInputs,
  type PortOutputs,
  type Ports,
  type PortSpec,
} from "./contract/ports.ts";
export type {
  Activation,
  HostArray,
  Layer,
  LayerInputs,
  Loss,
  LossResult,
  Metric,
  MetricQueries,
  MetricRun,
  Neighbour,
  NestedReads,
  Optimizer,
  PlainFunction,
  PosEmbed,
  Products,
  Schedule,
  ShardingPlan,
  Tracker,
} from "./contract/products.ts";
export {
  maybeSlot,
  slot,
  slotList,
  slotMap,
  type ConfigNode,
  type SlotSpec,
  type SlotValues,
} from "./contract/slots.ts";
export { isTensor, type DataDict, type DataValue } from "./data-dict/data-dict.ts";
export { walkKeyFlow, type KeyFlow, type KeyFlowFinding, type KeyUse } from "./data-dict/key-flow.ts";
export { ReadWriteBlock, type BlockKeys } from "./data-dict/read-write-block.ts";
export { topKAccuracy, type TopKOptions } from "./metrics/top-k-accuracy.ts";
export { checkpointed } from "./params/checkpointed.ts";
export { drawFromStream, drawParam, ONES, ZEROS, type Initializer } from "./params/initializers.ts";
export {
  Buffer,
  Param,
  type BufferOptions,
  type BufferSpec,
  type ParamOptions,
  type ParamRole,
  type ParamSpec,
  type Projection,
} from "./params/param.ts";
export { withParams, type ParamValues } from "./params/param-scope.ts";
export { checkStateDict, project } from "./params/state-dict.ts";
export { corePlugin } from "./plugin.ts";
export { Rng } from "./random/rng.ts";
export { Registry, type ProviderOf, type Registered } from "./registry/registry.ts";
export {
  didYouMean,
  formatShape,
  invariant,
  isL3mError,
  L3mError,
  L3mErrors,
  throwAll,
  type ErrorCode,
  type ErrorPlace,
} from "@l3m/errors";
