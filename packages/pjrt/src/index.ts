export { PjrtApi } from "./api.ts";
export { PjrtBuffer } from "./buffer.ts";
export { CarriedCall, type Carry } from "./carried-call.ts";
export { PjrtClient } from "./client.ts";
export { checkGpu } from "./cuda/check-gpu.ts";
export type { NvidiaLibrary } from "./cuda/nvidia-libraries.ts";
export type { ClientOptions } from "./client-options.ts";
export type { CompileOptions, FlagValue } from "./compile-options.ts";
export { type DeviceMemoryStats, PjrtDevice } from "./device.ts";
export { bytesOf, type ElementType } from "./element-type.ts";
export { type CompiledMemoryStats, type OptimizedProgram, PjrtExecutable } from "./executable.ts";
export { API_VERSION } from "./generated/pjrt-c-api.ts";
export { loadPlugin } from "./load-plugin.ts";
export type { Attribute, OptionValue } from "./named-values.ts";
export { PjrtProfiler } from "./profiler.ts";
export {
  defaultCacheDir,
  doctor,
  type DoctorCheck,
  type DoctorOptions,
  type EngineChoice,
  type EngineListing,
  type EngineName,
  ensurePlugin,
  findPlugin,
  type FindOptions,
  type FoundPlugin,
  type InstallableEngine,
  type InstalledEngine,
  installedTfjsNode,
  installEngine,
  type InstallOptions,
  type InstallPlan,
  type InstallProgress,
  isOffline,
  listEngines,
  type LockedEngine,
  type LockedWheel,
  type OnProgress,
  type PipSettings,
  pipSettings,
  PUBLIC_INDEX,
  WHEEL_LOCK,
} from "./install/index.ts";
export { checkFlagNames } from "./xla-flags.ts";
