/** Settings of the tool (`l3m.config.*`, the `l3m` field of package.json) made effective; the environment wins over them. */
import { loadToolSettings, type ToolSettings } from "@l3m/config";

/** Loads the settings of the current folder. Cache folder and mirror go where all packages look for them: the environment. */
export async function useToolSettings(): Promise<ToolSettings> {
  const settings = await loadToolSettings(process.cwd());
  if (settings.cacheDir !== null) process.env["L3M_CACHE_DIR"] ??= settings.cacheDir;
  if (settings.mirrors.pypi !== null) process.env["PIP_INDEX_URL"] ??= settings.mirrors.pypi;
  return settings;
}
