/** The layouts that weights may be in. */
import { matchesGlob } from "@l3m/core";
import { didYouMean, type ErrorPlace, L3mError } from "@l3m/errors";
import type { Weights } from "../weight-source.ts";
import { hfAimv2 } from "./hf-aimv2.ts";
import { hfClip } from "./hf-clip.ts";
import { hfVit } from "./hf-vit.ts";
import type { Declared, WeightLayout } from "./layout.ts";

const LAYOUTS: readonly WeightLayout[] = [hfClip, hfAimv2, hfVit];

/** Names of layouts, ours first. */
export const LAYOUT_NAMES: readonly string[] = ["l3m", ...LAYOUTS.map(({ name }) => name)];

/** The layout of that name; undefined for our own. @throws L3M_BAD_OPTION for a name that is none */
export function layoutNamed(name: string, where: ErrorPlace): WeightLayout | undefined {
  const layout = LAYOUTS.find((candidate) => candidate.name === name);
  if (layout !== undefined || name === "l3m") return layout;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `There is no layout "${name}".${didYouMean(name, LAYOUT_NAMES)}`,
    where,
    expected: `one of ${LAYOUT_NAMES.join(", ")}`,
    got: name,
    fix: "Correct the name, or leave it out where the names of the tensors tell it.",
  });
}

/** The layout that the names tell; undefined when some of them are the model's own, or no layout knows them. */
export function layoutOfNames(weights: Weights, declared: Declared): WeightLayout | undefined {
  if ([...weights.keys()].some((name) => declared.has(name))) return undefined;
  const names = [...weights.keys()];
  return LAYOUTS.find(({ signature }) => names.some((name) => signature.some((glob) => matchesGlob(name, glob))));
}
