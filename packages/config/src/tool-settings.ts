/**
 * Settings of the tool, as opposed to the experiment: found by cosmiconfig in `l3m.config.{yaml,yml,json,js,mjs}` or in
 * the `l3m` field of package.json, from a folder upwards to the end of its project. Nothing in here may change a number
 * of a run, so there is no engine, seed or precision to be found. (A plugin's package.json has an `l3m` field too; it is
 * told apart by its `apiVersion` and `namespace`.)
 */
import { basename, dirname, resolve } from "node:path";
import { invariant, throwAll } from "@l3m/errors";
import { cosmiconfig, defaultLoaders, type Loader } from "cosmiconfig";
import { z } from "zod";
import { createLoadedConfig, type LoadedConfig } from "./loaded-config.ts";
import { isPluginField } from "./plugins/package-manifest.ts";
import { schemaErrors } from "./schema/schema-errors.ts";
import { readYaml } from "./yaml/read-yaml.ts";
import { SourceText } from "./yaml/source-text.ts";

export interface ToolSettings {
  /** The file that was found; null = none, all defaults. */
  readonly file: string | null;
  /** Absolute path of the folder for engines, compiled programs and prepared data; null = the user's cache folder. */
  readonly cacheDir: string | null;
  /** Packages or absolute paths of plugins that every config of this project may use. */
  readonly plugins: readonly string[];
  /** Base URLs that stand in for public servers. */
  readonly mirrors: { readonly pypi: string | null };
  /** Memory of GPUs; null = the default of the engine. */
  readonly gpu: {
    /** The part of a GPU's memory that a run may use, above 0 and at most 1. */
    readonly memoryFraction: number | null;
    /** Take it at the start, rather than as needed. */
    readonly preallocate: boolean | null;
  };
  readonly terminal: {
    /** One line that is redrawn on a terminal (auto), or always one line per report. */
    readonly progress: "auto" | "lines";
  };
}

const url = z.url({ error: "a URL" }).nullable().default(null);

const settingsSchema = z.strictObject({
  cacheDir: z.string().min(1).nullable().default(null),
  plugins: z.array(z.string().min(1)).default([]),
  mirrors: z.strictObject({ pypi: url }).prefault({}),
  gpu: z
    .strictObject({
      memoryFraction: z.number().positive().max(1).nullable().default(null),
      preallocate: z.boolean().nullable().default(null),
    })
    .prefault({}),
  terminal: z
    .strictObject({
      progress: z.enum(["auto", "lines"]).default("auto"),
    })
    .prefault({}),
});

const SEARCH_PLACES = [
  "package.json",
  ...["yaml", "yml", "json", "js", "mjs"].map((extension) => `l3m.config.${extension}`),
];

/**
 * The settings that hold in `folder`.
 * @throws L3M_CONFIG_SYNTAX, L3M_UNKNOWN_OPTION, L3M_BAD_OPTION; all that are found, at once.
 */
export async function loadToolSettings(folder: string): Promise<ToolSettings> {
  const sources = new Map<string, LoadedConfig>();
  const load: Loader = (file, text) => {
    const reading = readYaml(new SourceText(file, text));
    throwAll(reading.errors);
    const source = createLoadedConfig(file, reading.node, reading.warnings);
    sources.set(file, source);
    if (basename(file) !== "package.json") return source.tree;
    return isPluginField(source.tree["l3m"]) ? {} : source.tree;
  };
  const explorer = cosmiconfig("l3m", {
    searchPlaces: SEARCH_PLACES,
    searchStrategy: "project",
    cache: false,
    loaders: {
      ".yaml": load,
      ".yml": load,
      ".json": load,
      ".js": defaultLoaders[".js"],
      ".mjs": defaultLoaders[".mjs"],
    },
  });
  const found = await explorer.search(folder);
  return found === null || found.isEmpty === true
    ? readSettings({}, null, undefined)
    : readSettings(found.config, found.filepath, sources.get(found.filepath));
}

function readSettings(value: unknown, file: string | null, source: LoadedConfig | undefined): ToolSettings {
  const result = settingsSchema.safeParse(value);
  if (!result.success) {
    const prefix = file !== null && basename(file) === "package.json" ? ["l3m"] : [];
    throwAll(
      schemaErrors(result.error.issues, {
        schema: settingsSchema,
        value,
        unknownKeyFix:
          "These are settings of the tool. What belongs to an experiment, and whatever changes its numbers, goes into its YAML.",
        place: (path, part) =>
          source?.place([...prefix, ...path], part) ?? { ...(file === null ? {} : { file }), path: path.join(".") },
      }),
    );
    invariant(false, "zod refused a value without an issue");
  }
  const { data } = result;
  const absolute = (path: string): string => (file === null ? path : resolve(dirname(file), path));
  return {
    ...data,
    file,
    cacheDir: data.cacheDir === null ? null : absolute(data.cacheDir),
    plugins: data.plugins.map((name) => (name.startsWith(".") ? absolute(name) : name)),
  };
}
