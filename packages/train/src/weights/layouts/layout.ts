/** What a layout of weights is: how another library names the tensors of an architecture, and how it splits them. */
import type { ErrorPlace } from "@l3m/errors";
import type { Weights } from "../weight-source.ts";

/** A parameter or buffer that a model declares. */
export interface DeclaredTensor {
  readonly path: string;
  readonly shape: readonly number[];
}

/** The tensors of a model by path. */
export type Declared = ReadonlyMap<string, DeclaredTensor>;

export interface WeightLayout {
  /** As configs and the command line spell it. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Globs of what a model of L3M declares and this layout has no tensor for; it starts as initialised. */
  readonly absent: readonly string[];
  /** True for the names of a file in this layout. */
  recognises(names: ReadonlySet<string>): boolean;
  /**
   * The weights under the names, and in the form, that a model declares. What has no rule keeps its name.
   *
   * @throws L3M_WEIGHTS when the tensors cannot be joined
   */
  toModel(weights: Weights, declared: Declared, where: ErrorPlace): Weights;
  /** The reverse, for export. @throws L3M_WEIGHTS when the model has tensors that the layout cannot hold */
  fromModel(weights: Weights, where: ErrorPlace): Weights;
}
