/**
 * Which plugins a config can use, found without running any of their code. A namespace is looked up in the direct
 * dependencies of the package.json nearest to the config, then in the config's own `plugins:` list, then in the preset.
 * `node_modules` is never scanned.
 */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import type { Plugin } from "@l3m/core";
import { L3mError, throwAll, type ErrorPlace } from "@l3m/errors";
import { packageEntry } from "./package-entry.ts";
import { installedPackage, nearestPackage, type PackageManifest } from "./package-manifest.ts";

/** A plugin that is installed but not loaded, or one of the preset. */
export type PluginSource =
  | {
      readonly kind: "module";
      readonly from: "dependency" | "config";
      /** Package name, or the path as the config writes it. */
      readonly name: string;
      /** Undefined for a local file, whose namespace is known once it is loaded. */
      readonly namespace: string | undefined;
      /** Absolute path of the module. */
      readonly entry: string;
    }
  | {
      readonly kind: "object";
      readonly from: "preset";
      readonly name: string;
      readonly namespace: string;
      readonly plugin: Plugin;
    };

/**
 * The plugins of a config, one per namespace, in order of precedence.
 * @param configFile whose folder the lookup starts from
 * @param configPlugins the config's `plugins:` list: package names, or files (`./my-plugin.js`) relative to the config
 * @param preset plugin objects that are always there
 * @param place of the n-th element of `configPlugins`, for errors
 * @throws L3M_MISSING_PLUGIN, L3M_BAD_PLUGIN, L3M_DUPLICATE_NAME; all that are found, at once.
 */
export function findPlugins(
  configFile: string,
  configPlugins: readonly string[],
  preset: readonly Plugin[],
  place: (index: number) => ErrorPlace = () => ({ file: configFile, path: "plugins" }),
): readonly PluginSource[] {
  const folder = dirname(resolve(configFile));
  const errors: L3mError[] = [];
  const sources = new Map<string, PluginSource>();
  const add = (source: PluginSource, where: ErrorPlace): void => {
    const earlier = sources.get(source.namespace ?? source.name);
    if (earlier === undefined) sources.set(source.namespace ?? source.name, source);
    else if (source.from !== "preset" && earlier.name !== source.name) errors.push(duplicate(earlier, source, where));
  };

  const project = nearestPackage(folder);
  for (const name of project?.dependencies ?? []) {
    const manifest = installedPackage(name, project?.folder ?? folder);
    if (manifest?.namespace === undefined) continue;
    const where = { file: resolve(project?.folder ?? folder, "package.json"), path: name };
    attempt(errors, () => add(moduleSource("dependency", name, manifest), where));
  }
  for (const [index, name] of configPlugins.entries()) {
    attempt(errors, () => add(configSource(name, folder, place(index)), place(index)));
  }
  for (const plugin of preset) {
    add(
      { kind: "object", from: "preset", name: plugin.namespace, namespace: plugin.namespace, plugin },
      { file: configFile },
    );
  }
  throwAll(errors);
  return [...sources.values()];
}

function configSource(name: string, folder: string, where: ErrorPlace): PluginSource {
  if (name.startsWith(".") || isAbsolute(name)) {
    const entry = resolve(folder, name);
    if (existsSync(entry)) return { kind: "module", from: "config", name, namespace: undefined, entry };
    throw new L3mError("L3M_MISSING_PLUGIN", {
      message: `The plugin file ${name} does not exist.`,
      where,
      got: entry,
      fix: "Paths in plugins: are relative to the config.",
    });
  }
  const manifest = installedPackage(name, folder);
  if (manifest === undefined) {
    throw new L3mError("L3M_MISSING_PLUGIN", {
      message: `The plugin package "${name}" is not installed.`,
      where,
      fix: `npm install ${name}`,
    });
  }
  if (manifest.namespace === undefined) {
    throw new L3mError("L3M_BAD_PLUGIN", {
      message: `The package "${name}" is no L3M plugin.`,
      where,
      expected: `an "l3m" field with apiVersion and namespace in its package.json`,
    });
  }
  return moduleSource("config", name, manifest);
}

function moduleSource(from: "dependency" | "config", name: string, manifest: PackageManifest): PluginSource {
  return { kind: "module", from, name, namespace: manifest.namespace, entry: packageEntry(manifest) };
}

function duplicate(earlier: PluginSource, source: PluginSource, where: ErrorPlace): L3mError {
  return new L3mError("L3M_DUPLICATE_NAME", {
    message: `Two plugins have the namespace "${source.namespace ?? source.name}".`,
    where,
    got: `${earlier.name} (${earlier.from}) and ${source.name} (${source.from})`,
    fix: "Remove one of the two.",
  });
}

function attempt(errors: L3mError[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof L3mError)) throw error;
    errors.push(error);
  }
}
