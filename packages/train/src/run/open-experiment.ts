/** From a config file to everything that can be built from it; every mistake is reported at once, before anything is allocated. */
import { pathToFileURL } from "node:url";
import { corePlugin, type Plugin, Registry } from "@l3m/core";
import {
  checkConfig,
  type CheckReport,
  type ExperimentConfig,
  findPlugins,
  loadConfig,
  type LoadedConfig,
  loadPlugins,
  parseExperiment,
} from "@l3m/config";
import { type ErrorPlace, throwAll } from "@l3m/errors";

export interface Experiment {
  readonly loaded: LoadedConfig;
  readonly config: ExperimentConfig;
  readonly registry: Registry;
  /** Plugins by precedence, core first. */
  readonly plugins: readonly Plugin[];
  readonly check: CheckReport;
}

export interface OpenOptions {
  /** `key=value` tokens. */
  readonly overrides?: readonly string[];
  /** Config files laid over the config, before the overrides. */
  readonly overlays?: readonly string[];
  /** Resolve, merge and override a config in ml-l3m's order and with its leniency. Default false. */
  readonly compat?: boolean;
  /** Plugins that need no `plugins:` line; pass the default export of `@l3m/preset-l3m`. */
  readonly preset?: readonly Plugin[];
  /** Packages or files that count as if they stood in the config's `plugins:` list (from the tool settings). */
  readonly plugins?: readonly string[];
}

/** Loads, checks and resolves a config. @throws every error of the config */
export async function openExperiment(file: string, options: OpenOptions = {}): Promise<Experiment> {
  const opened = await inspectExperiment(file, options);
  throwAll(opened.check.errors);
  return { ...opened, config: parseExperiment(opened.loaded) };
}

/** Like {@link openExperiment}, but mistakes stay in the report. */
export async function inspectExperiment(file: string, options: OpenOptions = {}): Promise<Omit<Experiment, "config">> {
  const { overrides = [], overlays = [], compat = false } = options;
  const loaded = loadConfig(file, { overrides, overlays, compat, upstream: true });
  const listed = loaded.tree["plugins"];
  const names = Array.isArray(listed) ? listed.filter((name) => typeof name === "string") : [];
  const opened = await openRegistry(file, options, names, (index) => loaded.place(["plugins", index]));
  return { loaded, ...opened, check: checkConfig(loaded, opened.registry) };
}

/**
 * Everything that a config may name: core, the plugins found beside it, those that are listed, and the preset.
 *
 * @param names the config's own `plugins:` list
 * @param placeOf where its entries stand, for errors
 */
export async function openRegistry(
  file: string,
  options: Pick<OpenOptions, "preset" | "plugins"> = {},
  names: readonly string[] = [],
  placeOf: (index: number) => ErrorPlace = () => ({ file }),
): Promise<Pick<Experiment, "registry" | "plugins">> {
  const extra = (options.plugins ?? []).filter((name) => !names.includes(name));
  const preset = (options.preset ?? []).filter(({ namespace }) => namespace !== corePlugin.namespace);
  const sources = findPlugins(file, [...names, ...extra], preset, placeOf);
  const found = await loadPlugins(sources);
  const plugins = [
    corePlugin,
    ...found.map(({ plugin }, i) => {
      const source = sources[i];
      return plugin.module === undefined && source?.kind === "module"
        ? { ...plugin, module: pathToFileURL(source.entry).href }
        : plugin;
    }),
  ];
  return { registry: new Registry(plugins), plugins };
}
