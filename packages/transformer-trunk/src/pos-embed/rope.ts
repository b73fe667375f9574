/** Rotary position embedding. B batch, H heads, G key/value heads, N tokens, d head width. */
import * as tf from "@l3m/core/tf";
import { castPrecision, iota, physicalDtype } from "@l3m/core/nn";
import { type BuildContext, definePosEmbed, formatShape, L3mError } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  context_length: z
    .int()
    .positive()
    .describe("Longest sequence of the model; documentation only, positions are not limited."),
  embed_dim: z.int().positive().nullish().describe("Model width; with num_heads it gives the head width."),
  num_heads: z.int().positive().nullish().describe("Query heads; needed with embed_dim."),
  head_dim: z.int().positive().nullish().describe("d, the head width, given directly."),
  theta: z.number().positive().default(10_000).describe("Base of the wavelengths."),
});

/**
 * Rotates the pairs (j, j + d/2) of q and k by `position / theta^(2j/d)` (Su et al. 2021, half-split layout as in GPT-NeoX).
 * Angles are exact f32 products, whatever the compute precision; v is returned as it is.
 */
export const rope = definePosEmbed({
  name: "rope",
  summary: "Rotary position embedding of queries and keys (half-split layout).",
  aliases: ["l3m.model.preprocessors.pos_embed.rope.RoPE"],
  positional: ["context_length", "embed_dim", "num_heads", "head_dim", "theta"],
  options,
  build(given, context) {
    const d = headWidth(given, context);
    const inverse = Float32Array.from({ length: d / 2 }, (_, j) => 1 / given.theta ** ((2 * j) / d));
    return {
      rotate({ q, k, v, seqDim = 2, positionIds }) {
        if (q.shape[3] !== d || k.shape[3] !== d) throw otherWidth(q, d, context.where);
        const positions_BN = positionIds ?? iota([1, v.shape[seqDim] ?? 0], 1);
        const angles_BNd = angleTable(positions_BN, inverse);
        const spread = (table: tf.Tensor): tf.Tensor =>
          castPrecision(tf.expandDims(table, seqDim === 2 ? 1 : 2), physicalDtype(v));
        const cos = spread(tf.cos(angles_BNd));
        const sin = spread(tf.sin(angles_BNd));
        const turn = (x: tf.Tensor): tf.Tensor => tf.add(tf.mul(x, cos), tf.mul(rotateHalf(x), sin));
        return { q: turn(q), k: turn(k), v };
      },
    };
  },
});

/** Positions `[B, N]` and inverse wavelengths `[d/2]` to angles float32 `[B, N, d]`, the second half repeating the first. */
function angleTable(positions: tf.Tensor, inverse: Float32Array): tf.Tensor {
  const half = tf.mul(tf.expandDims(tf.cast(positions, "float32"), 2), tf.tensor(inverse, [1, 1, inverse.length]));
  return tf.concat([half, half], 2);
}

/** `concat(-x[d/2:], x[:d/2])` on the last axis. */
function rotateHalf(x: tf.Tensor): tf.Tensor {
  const [low, high] = tf.split(x, 2, x.rank - 1) as [tf.Tensor, tf.Tensor];
  return tf.concat([tf.neg(high), low], x.rank - 1);
}

function headWidth(given: z.infer<typeof options>, context: BuildContext): number {
  const { embed_dim, num_heads, head_dim } = given;
  const fromModel = embed_dim != null && num_heads != null ? Math.floor(embed_dim / num_heads) : undefined;
  const d = head_dim ?? fromModel;
  if (d === undefined || (head_dim != null && embed_dim != null) || d % 2 === 1) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "RoPE needs one even head width.",
      where: { path: context.where },
      expected: "either head_dim, or embed_dim with num_heads; an even width",
      got: `head_dim ${head_dim ?? "none"}, embed_dim ${embed_dim ?? "none"}, num_heads ${num_heads ?? "none"}`,
      fix: "Set head_dim to the width of one attention head.",
    });
  }
  return d;
}

function otherWidth(q: tf.Tensor, d: number, where: string): L3mError {
  return new L3mError("L3M_BAD_SHAPE", {
    message: "The heads do not have the width that RoPE turns.",
    where: { path: where },
    expected: `heads of width ${d}`,
    got: `queries ${formatShape(q.shape, q.dtype)}`,
    fix: "Set head_dim here to dim / num_heads of the attention.",
  });
}
