export { defaultCacheDir, isOffline } from "./cache-dir.ts";
export { doctor, type DoctorCheck } from "./doctor.ts";
export { ensurePlugin, findPlugin, type FindOptions, type FoundPlugin } from "./find-plugin.ts";
export { installEngine, type InstalledEngine, type InstallOptions } from "./install-engine.ts";
export { type EngineChoice, type EngineListing, listEngines } from "./list-engines.ts";
export { type PipSettings, pipSettings, PUBLIC_INDEX } from "./pip-config.ts";
export type { InstallProgress, OnProgress } from "./progress.ts";
export { type EngineName, type LockedEngine, type LockedWheel, WHEEL_LOCK } from "./wheel-lock.ts";
