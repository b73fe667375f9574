/** Which parameters train. */
import { matchesGlob, type ParamSpec } from "@l3m/core";

/**
 * Marks parameters whose path matches a `freeze` pattern as not trainable, then those that match `unfreeze` as trainable
 * (also ones that the model itself froze). Patterns are Python's `fnmatch`: whole path, `*` crosses dots.
 */
export function freezeParams<S extends Pick<ParamSpec, "path" | "trainable">>(
  specs: readonly S[],
  patterns: {
    readonly freeze?: readonly string[] | null | undefined;
    readonly unfreeze?: readonly string[] | null | undefined;
  },
): S[] {
  const matches = (path: string, list: readonly string[] | null | undefined): boolean =>
    (list ?? []).some((pattern) => matchesGlob(path, pattern));
  return specs.map((spec) => {
    const trainable = matches(spec.path, patterns.unfreeze) || (spec.trainable && !matches(spec.path, patterns.freeze));
    return trainable === spec.trainable ? spec : { ...spec, trainable };
  });
}

/** Number of elements of the trainable parameters. */
export function countTrainable(specs: readonly Pick<ParamSpec, "shape" | "trainable">[]): number {
  return specs
    .filter((spec) => spec.trainable)
    .reduce((total, { shape }) => total + shape.reduce((n, size) => n * size, 1), 0);
}
