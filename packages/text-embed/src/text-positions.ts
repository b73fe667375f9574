/** Position tables of text. T rows, D width. */
import { type BuildContext, formatShape, type Initializer, L3mError, type Param } from "@l3m/core";
import { sincosTable2d } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";

/** The option `pos_embed_type`. */
export const textPosition = z
  .enum(["absolute", "sincos"])
  .nullable()
  .describe("Learned table, fixed sine-cosine table, or none.");

export interface TextPositionOptions {
  readonly type: z.infer<typeof textPosition>;
  /** Rows without the class token's. */
  readonly context_length: number;
  readonly embed_dim: number;
  /** A first row for a class token (zeros in a fixed table). */
  readonly cls: boolean;
  /** Standard deviation of a learned table. */
  readonly std: number;
  /** Sizes before `[T, D]`, which the state dict has. */
  readonly lead: readonly 1[];
}

/**
 * Declares the table `name`, `[...lead, T (+ 1), D]`; undefined for type null. A fixed table encodes a grid of T rows and one
 * column, so its first D/2 entries are the same in every row (as in ml-l3m, whose checkpoints depend on it).
 */
export function textPositions(context: BuildContext, name: string, options: TextPositionOptions): Param | undefined {
  const { type, context_length: T, embed_dim: D, cls, lead } = options;
  if (type === null) return undefined;
  return context.param(name, [...lead, T + (cls ? 1 : 0), D], {
    init: type === "absolute" ? { kind: "normal", std: options.std } : sincosInit(T, D, cls, context.where),
    trainable: type === "absolute",
    axes: [...lead.map(() => "broadcast"), "position", "embed"],
  });
}

/**
 * The rows of a table `[..., T, D]` for a sequence `[B, M, D]`: `[..., M, D]`.
 *
 * @throws L3M_BAD_SHAPE if the table has fewer, or another width
 */
export function firstRows(table: Tensor, tokens_BMD: Tensor, where: string): Tensor {
  const [T = 0, D = 0] = table.shape.slice(-2);
  const [, M = 0, width = 0] = tokens_BMD.shape;
  if (width !== D) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "The tokens do not have the width of the position table.",
      where: { path: where },
      expected: `[B,M,${D}]`,
      got: formatShape(tokens_BMD.shape, tokens_BMD.dtype),
      fix: "Set embed_dim to the width of the tokens.",
    });
  }
  if (M === T) return table;
  if (M < T)
    return tf.slice(
      table,
      table.shape.map(() => 0),
      [...table.shape.slice(0, -2), M, D],
    );
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The text is longer than the position table.",
    where: { path: where },
    expected: `at most ${T} tokens`,
    got: `${M} tokens`,
    fix: "Raise context_length, or cut the text in the data pipeline.",
  });
}

function sincosInit(T: number, D: number, cls: boolean, where: string): Initializer {
  if (D % 4 === 0) return { kind: "table", values: () => sincosTable2d(D, [T, 1], cls) };
  throw new L3mError("L3M_BAD_OPTION", {
    message: "A sine-cosine table needs a width divisible by 4.",
    where: { path: `${where}.pos_embed_type` },
    expected: "embed_dim divisible by 4",
    got: `${D}`,
    fix: "Change embed_dim, or use pos_embed_type: absolute.",
  });
}
