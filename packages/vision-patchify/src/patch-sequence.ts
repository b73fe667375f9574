/** What every ViT preprocessor is made of: patchifier, class token, position table. D width, P patches, N tokens. */
import { type BuildContext, type Initializer, invariant, type Layer, L3mError, type SlotRef, slot } from "@l3m/core";
import { sincosTable2d, sincosTable3d } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { patchFacts, type PatchFacts } from "./patchifier.ts";

/** Options that ViT preprocessors share. */
export const patchSequenceOptions = {
  pos_embed_type: z
    .enum(["absolute", "sincos"])
    .nullable()
    .default(null)
    .describe("Learned table, fixed sine-cosine table, or none."),
  drop_patches: z.boolean().default(false).describe("Leave out the patches that the mask marks."),
  num_visible: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("Patches that remain per image when the mask is used; the same for every image."),
  cls_token: z.boolean().default(true).describe("Put a learned token first."),
  attn_mask_read_key: z.string().default("mask").describe("Key of the patch mask: true = leave out."),
};

/** Slots that ViT preprocessors share. */
export const patchSequenceSlots = { patchifier: slot("module") };

export interface PatchSequence {
  readonly patchifier: Layer;
  readonly facts: PatchFacts;
  /** Learned class token `[1, 1, D]` in front of patch tokens `[B, P, D]`, if there is one. */
  prependCls(tokens: Tensor): Tensor;
  /** Adds positions to tokens `[B, N, D]`, the class token's first. */
  addPositions(tokens: Tensor): Tensor;
}

/** Declares `patchifier.*`, `cls_token [1, 1, D]` and `pos_embed [1, P + cls, D]`; the projection is initialised again. */
export function patchSequence(
  context: BuildContext,
  options: {
    readonly pos_embed_type: "absolute" | "sincos" | null;
    readonly cls_token: boolean;
    readonly patchifier: SlotRef<"module">;
  },
): PatchSequence {
  const patchifier = context.child("patchifier", options.patchifier);
  const facts = patchFacts(patchifier, context.where);
  const D = facts.embed_dim;
  const length = facts.num_patches + (options.cls_token ? 1 : 0);
  const cls = options.cls_token
    ? context.param("cls_token", [1, 1, D], { init: NORMAL_002, axes: ["broadcast", "position", "embed"] })
    : undefined;
  const positions =
    options.pos_embed_type === null
      ? undefined
      : context.param("pos_embed", [1, length, D], {
          init:
            options.pos_embed_type === "absolute" ? NORMAL_002 : sincosInit(facts, options.cls_token, context.where),
          trainable: options.pos_embed_type === "absolute",
          axes: ["broadcast", "position", "embed"],
        });
  context.reinit("patchifier.proj.weight", ({ shape: [out = 1, ...rest] }) => ({
    kind: "xavier-uniform",
    fan_in: rest.reduce((product, size) => product * size, 1),
    fan_out: out,
  }));
  return {
    patchifier,
    facts,
    prependCls: (tokens_BPD) =>
      cls === undefined ? tokens_BPD : tf.concat([repeatRows(cls.value, tokens_BPD.shape[0] ?? 0), tokens_BPD], 1),
    addPositions: (tokens_BND) =>
      positions === undefined ? tokens_BND : tf.add(tokens_BND, firstRows(positions.value, tokens_BND, context.where)),
  };
}

/** `[1, R, D]` for each of B samples: `[B, R, D]`. */
export function repeatRows(x: Tensor, B: number): Tensor {
  const [, R = 0, D = 0] = x.shape;
  return tf.broadcastTo(x, [B, R, D]);
}

/** N(0, 0.02^2), the start of class tokens, learned tables and registers. */
export const NORMAL_002: Initializer = { kind: "normal", std: 0.02 };

/** The first N rows of a position table `[1, rows, D]`. */
function firstRows(table: Tensor, tokens_BND: Tensor, where: string): Tensor {
  const [, rows = 0, D = 0] = table.shape;
  const N = tokens_BND.shape[1] ?? 0;
  if (N === rows) return table;
  if (N < rows) return tf.slice(table, [0, 0, 0], [1, N, D]);
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The image has more patches than the position table has rows.",
    where: { path: where },
    expected: `at most ${rows} tokens`,
    got: `${N} tokens`,
    fix: "Set the patchifier's img_size to the size of the images.",
  });
}

function sincosInit({ embed_dim: D, grid_size }: PatchFacts, cls: boolean, where: string): Initializer {
  const [a, b, c] = grid_size;
  invariant(a !== undefined && b !== undefined, "a patch grid has at least two axes");
  const divisor = c === undefined ? 4 : 8;
  if (D % divisor !== 0) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: `A sine-cosine table over ${grid_size.length} axes needs a width divisible by ${divisor}.`,
      where: { path: `${where}.pos_embed_type` },
      expected: `embed_dim divisible by ${divisor}`,
      got: `${D}`,
      fix: "Change embed_dim, or use pos_embed_type: absolute.",
    });
  }
  return {
    kind: "table",
    values: () => (c === undefined ? sincosTable2d(D, [a, b], cls) : sincosTable3d(D, [a, b, c], cls)),
  };
}
