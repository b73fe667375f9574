/** The token table of a language model. V vocabulary, D width. */
import type { BuildContext, Initializer } from "@l3m/core";
import { castPrecision, embeddingGather, physicalDtype } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";

/** The option `init_style`. */
export const embeddingStyle = z
  .enum(["normal", "sparse_transformer", "uniform"])
  .nullable()
  .describe(
    "normal: N(0, std^2); sparse_transformer: N(0, (0.125 / sqrt(D))^2); uniform: U(-0.1, 0.1); null: N(0, 1).",
  );

export interface TokenEmbeddingOptions {
  readonly vocab_size: number;
  readonly embed_dim: number;
  readonly style: z.infer<typeof embeddingStyle>;
  /** Standard deviation of the style `normal`. */
  readonly std: number;
}

/**
 * Declares `<name>.weight [V, D]`; returns the lookup, int32 ids `[B, N]` to `[B, N, D]`. An id outside of [0, V) gives a token of
 * NaN, so that a run stops; engines that look ids up on the host refuse it by themselves.
 */
export function tokenEmbedding(
  context: BuildContext,
  name: string,
  options: TokenEmbeddingOptions,
): (ids: Tensor) => Tensor {
  const { vocab_size: V, embed_dim: D } = options;
  const weight = context
    .scope(name)
    .param("weight", [V, D], { init: embeddingInit(options), axes: ["vocab", "embed"], role: "embedding.weight" });
  return (ids_BN) => {
    const tokens_BND = embeddingGather(weight.value, ids_BN);
    const isKnown_BN = tf.logicalAnd(
      tf.greaterEqual(ids_BN, tf.scalar(0, "int32")),
      tf.less(ids_BN, tf.scalar(V, "int32")),
    );
    const mark_BN1 = tf.expandDims(tf.where(isKnown_BN, 0, NaN), 2);
    return tf.add(tokens_BND, castPrecision(mark_BN1, physicalDtype(tokens_BND)));
  };
}

function embeddingInit({ style, std, embed_dim }: TokenEmbeddingOptions): Initializer {
  switch (style) {
    case "normal":
      return { kind: "normal", std };
    case "sparse_transformer":
      return { kind: "normal", std: 0.125 / Math.sqrt(embed_dim) };
    case "uniform":
      return { kind: "uniform", min: -0.1, max: 0.1 };
    case null:
      return { kind: "normal", std: 1 };
  }
}
