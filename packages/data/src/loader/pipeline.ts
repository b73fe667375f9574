/** What turns indices into batches, and how a worker thread rebuilds it. */
import type { Collate, Dataset, Transform } from "@l3m/core";

/** Live parts. `dataset` is prepared by whoever uses the pipeline (see `prepareDataset`). */
export interface Pipeline {
  readonly dataset: Dataset;
  /** Applied in order to every sample. */
  readonly transforms: readonly Transform[];
  readonly collate: Collate;
}

/**
 * How to build a {@link Pipeline} in another thread, as plain data. `builder` is the URL of a module that exports
 * `buildPipeline` ({@link BuildPipeline}); the rest is handed to it.
 */
export interface PipelineRecipe {
  /** File URL of the builder module. */
  readonly builder: string;
  /** File URLs of the plugin modules that the builder needs. */
  readonly plugins: readonly string[];
  /** Config nodes of the parts; whatever the builder understands. */
  readonly pipeline: unknown;
}

/** The export `buildPipeline` of a builder module. */
export type BuildPipeline = (recipe: PipelineRecipe) => Pipeline | Promise<Pipeline>;
