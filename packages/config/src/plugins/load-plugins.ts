/** Imports the plugins that a config can use. */
import { pathToFileURL } from "node:url";
import { acceptPlugin, type Plugin } from "@l3m/core";
import { isL3mError, L3mError, throwAll } from "@l3m/errors";
import type { PluginSource } from "./find-plugins.ts";

/** A plugin with the name it was found under; `plugin` is the module's default export, unmodified. */
export interface LoadedPlugin {
  readonly name: string;
  readonly from: PluginSource["from"];
  readonly plugin: Plugin;
}

/**
 * Imports every source, in order; core decides whether what comes is a plugin.
 * @throws L3M_BAD_PLUGIN for each module that cannot be imported or exports no plugin, all at once.
 */
export async function loadPlugins(sources: readonly PluginSource[]): Promise<readonly LoadedPlugin[]> {
  const errors: L3mError[] = [];
  const plugins: LoadedPlugin[] = [];
  for (const source of sources) {
    if (source.kind === "object") {
      plugins.push({ name: source.name, from: source.from, plugin: source.plugin });
      continue;
    }
    try {
      const module: { readonly default?: unknown } = await import(pathToFileURL(source.entry).href);
      plugins.push({ name: source.name, from: source.from, plugin: acceptPlugin(module.default, source.name) });
    } catch (cause) {
      if (isL3mError(cause)) {
        errors.push(cause.at({ file: source.entry }));
        continue;
      }
      const why = cause instanceof Error ? cause.message : String(cause);
      errors.push(
        new L3mError("L3M_BAD_PLUGIN", {
          message: `The plugin "${source.name}" cannot be imported: ${why}`,
          where: { file: source.entry },
          cause,
        }),
      );
    }
  }
  throwAll(errors);
  return plugins;
}
