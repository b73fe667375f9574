/** Where an engine lies in the cache. A folder under its final name is always complete: it gets that name last. */
import { existsSync } from "node:fs";
import path from "node:path";
import { type EngineName, type LockedEngine, WHEEL_LOCK } from "./wheel-lock.ts";

/** `<cache>/engines/cpu-xla-cpu-pjrt-0.0.1-x64` */
export function engineFolder(cacheDir: string, locked: LockedEngine): string {
  return path.join(cacheDir, "engines", `${locked.engine}-${locked.project}-${locked.version}-${locked.arch}`);
}

/** The plugin of an installed engine, or undefined when it is not in the cache. */
export function installedPlugin(cacheDir: string, locked: LockedEngine): string | undefined {
  const plugin = path.join(engineFolder(cacheDir, locked), locked.plugin);
  return existsSync(plugin) ? plugin : undefined;
}

/** What the lock offers for an engine on this machine, the default first. Empty on an unsupported platform. */
export function candidates(engine: EngineName): LockedEngine[] {
  return process.platform === "linux"
    ? WHEEL_LOCK.filter((locked) => locked.engine === engine && locked.arch === process.arch)
    : [];
}
