/** A plugin: the default export of a package that adds things to L3M. */
import { L3mError } from "@l3m/errors";
import type { Definition } from "./definition.ts";

/** Version of the contract between core and plugins. Kernel names, slot signatures and `forward` change only with it. */
export const API_VERSION = 1;

export interface Plugin {
  readonly apiVersion: number;
  /** First part of every registered name; the package name without scope. */
  readonly namespace: string;
  readonly provides: readonly Definition[];
  /** URL of the module that exports the plugin by default (`import.meta.url`), so that worker threads can load it too. */
  readonly module?: string;
}

/** Declares a plugin. Nothing else runs when its module is imported. */
export function definePlugin(plugin: {
  namespace: string;
  provides: readonly Definition[];
  module?: string;
  apiVersion?: number;
}): Plugin {
  return { apiVersion: API_VERSION, ...plugin };
}

/** Accepts a plugin by shape and version (never by `instanceof`, since a plugin may bring its own copy of core). */
export function acceptPlugin(candidate: unknown, from: string): Plugin {
  const shape = candidate as Partial<Plugin> | null | undefined;
  if (
    typeof shape !== "object" ||
    shape === null ||
    typeof shape.namespace !== "string" ||
    !Array.isArray(shape.provides)
  ) {
    throw new L3mError("L3M_BAD_PLUGIN", {
      message: `"${from}" is no L3M plugin.`,
      expected: "a default export made by definePlugin({ namespace, provides })",
      got: candidate === undefined ? "no default export" : typeof candidate,
      fix: "Check the package name, or export default definePlugin(...) from its entry point.",
    });
  }
  if (shape.apiVersion !== API_VERSION) {
    throw new L3mError("L3M_BAD_PLUGIN", {
      message: `"${from}" was made for another version of the plugin API.`,
      expected: `apiVersion ${API_VERSION}`,
      got: `apiVersion ${String(shape.apiVersion)}`,
      fix: `Install a version of "${from}" for this version of @l3m/core, or the other way round.`,
    });
  }
  return shape as Plugin;
}
