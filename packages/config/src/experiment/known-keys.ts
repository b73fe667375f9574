/** The keys that an experiment may have at a path, whether a file writes them or not. */
import { experimentSchema } from "./experiment-schema.ts";
import { schemaKeys } from "../schema/schema-keys.ts";

/** The keys of the section at `path`, for example those of `["experiment"]`; undefined outside the fixed sections. */
export function knownExperimentKeys(path: readonly string[]): readonly string[] | undefined {
  return schemaKeys(experimentSchema, path);
}
