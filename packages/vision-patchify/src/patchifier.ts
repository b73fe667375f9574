/** What ViT preprocessors need of a patch embedding, and the patch embedding that this package's modules build. */
import { type BuildContext, formatShape, type ForwardContext, type Layer, L3mError, type SlotRef } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { extent, heightWidth, patchGrid } from "./patch-grid.ts";
import { patchify } from "./patchify.ts";

/** Facts of a patch embedding. */
export interface PatchFacts {
  /** D, width of the tokens. */
  readonly embed_dim: number;
  /** P at the nominal image size. */
  readonly num_patches: number;
  /** Patches per axis, slowest first; two for images, three for videos. */
  readonly grid_size: readonly number[];
}

/** A patch embedding: the layer is `normalise(project(image))`. */
export interface Patchifier extends Layer {
  readonly facts: PatchFacts & Readonly<Record<string, unknown>>;
  /** Image `[B, C, H, W]` to tokens `[B, P, D]` without the norm. */
  project(image: Tensor): Tensor;
  /** The norm on tokens `[B, N, D]`; the tokens themselves when there is none. */
  normalise(tokens: Tensor, context: ForwardContext): Tensor;
}

const factsSchema = z.looseObject({
  embed_dim: z.int().positive(),
  num_patches: z.int().positive(),
  grid_size: z.array(z.int().positive()).min(2).max(3),
});

/** The facts of whatever sits in a patchifier slot. Throws `L3M_BAD_OPTION` for a layer that has none. */
export function patchFacts(layer: Layer, where: string): PatchFacts {
  const facts = factsSchema.safeParse(layer.facts);
  if (facts.success) return facts.data;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "This patchifier does not say how many tokens of which width it makes.",
    where: { path: `${where}.patchifier` },
    expected: "a module with the facts embed_dim, num_patches and grid_size (2 or 3 axes)",
    got: JSON.stringify(layer.facts ?? {}),
    fix: "Use vision-patchify/patch-embed or another patch embedding.",
  });
}

/** Options that patch embeddings share. */
export const patchOptions = {
  img_size: extent.default(224).describe("Nominal image size, a number or [height, width]; only gives the grid."),
  patch_size: extent.default(16).describe("Patch size, a number or [height, width]."),
  in_chans: z.int().positive().default(3).describe("C, image channels."),
  embed_dim: z.int().positive().default(768).describe("D, width of the tokens."),
  use_bias: z.boolean().default(true).describe("The projection has a bias."),
};

/** Parts of a patch embedding that its module decides. */
export interface PatchifierParts {
  readonly options: {
    readonly img_size: z.infer<typeof extent>;
    readonly patch_size: z.infer<typeof extent>;
    readonly in_chans: number;
    readonly embed_dim: number;
  };
  readonly norm_layer: SlotRef<"norm"> | null;
  /** Patch vectors `[B, P, K]` to tokens `[B, P, D]`. */
  readonly apply: (patches: Tensor) => Tensor;
}

/** A patch embedding whose projection is already declared. */
export function patchifier(context: BuildContext, { options, norm_layer, apply }: PatchifierParts): Patchifier {
  const { embed_dim, in_chans } = options;
  const image = heightWidth(options.img_size);
  const patch = heightWidth(options.patch_size);
  const grid_size = patchGrid(image, patch);
  if (grid_size.includes(0)) throw patchTooLarge(options, context.where);
  const norm = norm_layer === null ? undefined : context.child("norm", norm_layer, { dim: embed_dim });
  const project = (x: Tensor): Tensor => {
    checkImage(x, in_chans, patch, context.where);
    return apply(patchify(x, patch));
  };
  const normalise = (tokens: Tensor, forward: ForwardContext): Tensor =>
    norm === undefined ? tokens : norm.forward(tokens, forward);
  return {
    facts: { embed_dim, num_patches: grid_size[0] * grid_size[1], grid_size, img_size: image, patch_size: patch },
    project,
    normalise,
    forward: (x, forward) => normalise(project(x), forward),
  };
}

function checkImage(x: Tensor, channels: number, [ph, pw]: readonly [number, number], where: string): void {
  const [, C, H = 0, W = 0] = x.shape;
  if (x.rank === 4 && C === channels && H >= ph && W >= pw) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "A patch embedding takes a batch of images of at least one patch.",
    where: { path: where },
    expected: `[B, C=${channels}, H >= ${ph}, W >= ${pw}]`,
    got: formatShape(x.shape, x.dtype),
    fix: "Put the channels second, set in_chans to their number, and patch_size to at most the size of the images.",
  });
}

function patchTooLarge({ img_size, patch_size }: PatchifierParts["options"], where: string): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: "A patch is larger than the image.",
    where: { path: `${where}.patch_size` },
    expected: `at most img_size = ${JSON.stringify(img_size)}`,
    got: JSON.stringify(patch_size),
    fix: "Lower patch_size, or set img_size to the size of the images.",
  });
}

/** The layer as a {@link Patchifier}. Throws `L3M_BAD_OPTION` for one whose projection and norm cannot be used apart. */
export function asPatchifier(layer: Layer, where: string): Patchifier {
  if (isPatchifier(layer)) return layer;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "This preprocessor uses the projection and the norm of its patchifier apart.",
    where: { path: `${where}.patchifier` },
    expected: "a module with project() and normalise()",
    got: "one without them",
    fix: "Use vision-patchify/patch-embed.",
  });
}

function isPatchifier(layer: Layer): layer is Patchifier {
  return "project" in layer && "normalise" in layer;
}
