/** Settings of the tool (`l3m.config.*`, the `l3m` field of package.json) made effective; the environment wins over them. */
import { loadToolSettings, type ToolSettings } from "@l3m/config";

/** Loads the settings of the current folder. What other packages use goes where they look for it: the environment. */
export async function useToolSettings(): Promise<ToolSettings> {
  const settings = await loadToolSettings(process.cwd());
  if (settings.cacheDir !== null) process.env["L3M_CACHE_DIR"] ??= settings.cacheDir;
  if (settings.mirrors.pypi !== null) process.env["PIP_INDEX_URL"] ??= settings.mirrors.pypi;
  const { memoryFraction, preallocate } = settings.gpu;
  if (memoryFraction !== null) process.env["L3M_GPU_MEMORY_FRACTION"] ??= String(memoryFraction);
  if (preallocate !== null) process.env["L3M_GPU_PREALLOCATE"] ??= String(preallocate);
  return settings;
}
