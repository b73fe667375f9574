/** Builds a data pipeline from its config nodes; runs in the main thread and, by its URL, in every worker thread. */
import path from "node:path";
import { acceptPlugin, build, type ConfigNode, corePlugin, Registry, resolveNode } from "@l3m/core";
import type { Pipeline, PipelineRecipe } from "@l3m/data";

/** Config nodes of one split, as plain data. */
export interface PipelineNodes {
  readonly dataset: ConfigNode;
  readonly transforms: readonly ConfigNode[];
  readonly tokenizer: ConfigNode | null;
  readonly collate: ConfigNode | null;
  /** Absolute folder of the config file, to which paths are relative. */
  readonly folder: string;
  /** Dotted path of the split in the config, for errors. */
  readonly where: string;
}

/** Without a `collate` node samples are stacked as they are. */
const DEFAULT_COLLATE = "data/default-collate";

/** The parts of a split. */
export function pipelineOf(registry: Registry, nodes: PipelineNodes): Pipeline {
  const { dataset, transforms, tokenizer, collate, where, folder } = nodes;
  const resolveFile = (file: string): string => path.resolve(folder, file);
  const parent =
    tokenizer === null ? {} : { tokenizer: resolveNode(registry, ["tokenizer"], tokenizer, `${where}.tokenizer`) };
  return {
    dataset: build(registry, "dataset", dataset, { where: `${where}.dataset`, resolveFile }).product,
    transforms: transforms.map(
      (node, i) => build(registry, "transform", node, { where: `${where}.transforms.${i}`, resolveFile }).product,
    ),
    collate: build(registry, "collate", collate ?? DEFAULT_COLLATE, { where: `${where}.collate`, parent, resolveFile })
      .product,
  };
}

/** The entry point of worker threads: loads the plugins of the recipe and builds its pipeline. */
export async function buildPipeline(recipe: PipelineRecipe): Promise<Pipeline> {
  const modules: { default?: unknown }[] = await Promise.all(recipe.plugins.map((url) => import(url)));
  const plugins = modules.map((module, i) => acceptPlugin(module.default, recipe.plugins[i] ?? ""));
  return pipelineOf(new Registry([corePlugin, ...plugins]), recipe.pipeline as PipelineNodes);
}
