/** A loaded config -> a typed experiment with defaults. */
import { invariant, throwAll } from "@l3m/errors";
import type { LoadedConfig } from "../loaded-config.ts";
import type { ExperimentConfig } from "./experiment-config.ts";
import { experimentSchema } from "./experiment-schema.ts";
import { withExcerpt } from "../yaml/error-excerpt.ts";
import { schemaErrors } from "../schema/schema-errors.ts";

/**
 * Checks the fixed sections of a config and fills in defaults. What stands inside registry nodes is core's to check.
 * @throws L3M_UNKNOWN_OPTION, L3M_BAD_OPTION; all that are found, at once, each with its place.
 */
export function parseExperiment(config: Pick<LoadedConfig, "tree" | "place">): ExperimentConfig {
  const result = experimentSchema.safeParse(config.tree);
  if (result.success) return result.data;
  const errors = schemaErrors(result.error.issues, {
    schema: experimentSchema,
    value: config.tree,
    place: (path, part) => config.place(path, part),
  });
  throwAll(errors.map(withExcerpt));
  invariant(false, "zod refused a value without an issue");
}
