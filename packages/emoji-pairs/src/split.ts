/** Which drawings train and which test. Fixed once and for all: it depends on the hex codes of the concepts only. */
import { createHash } from "node:crypto";
import type { Art } from "./art.ts";
import { TEST_STYLE_INDEX } from "./styles.ts";

const HELD_OUT_CONCEPTS = 0.1;

/** The three sets. `style`: training concepts in a style never seen. `concept`: concepts never seen, in that style. */
export type SplitName = "train" | "style" | "concept";

/** Indices into the drawings of the art, ordered by concept, then by style. */
export function splitDrawings(art: Art, split: SplitName): number[] {
  const concepts = [...new Set(art.drawings.map(({ concept }) => concept))].sort((a, b) => a - b);
  const shuffled = [...concepts].sort((a, b) =>
    compare(md5(art.concepts[a]?.hex ?? ""), md5(art.concepts[b]?.hex ?? "")),
  );
  const heldOut = new Set(shuffled.slice(0, Math.floor(concepts.length * HELD_OUT_CONCEPTS)));
  const trained = new Set(
    art.drawings
      .filter(({ concept, style }) => !heldOut.has(concept) && style !== TEST_STYLE_INDEX)
      .map(({ concept }) => concept),
  );
  const all = art.drawings.map((_, index) => index).sort((a, b) => order(art, a) - order(art, b));
  if (split === "train")
    return all.filter((i) => styleOf(art, i) !== TEST_STYLE_INDEX && trained.has(conceptOf(art, i)));
  const wanted = split === "style" ? trained : heldOut;
  return withoutTwins(
    art,
    all.filter((i) => styleOf(art, i) === TEST_STYLE_INDEX && wanted.has(conceptOf(art, i))),
  );
}

/** Drops drawings whose pixels equal an earlier one's: no retrieval could tell them apart. */
function withoutTwins(art: Art, drawings: readonly number[]): number[] {
  const seen = new Set<string>();
  return drawings.filter((index) => {
    const pixels = createHash("sha256").update(art.pixelsOf(index)).digest("base64");
    if (seen.has(pixels)) return false;
    seen.add(pixels);
    return true;
  });
}

function conceptOf(art: Art, drawing: number): number {
  return art.drawings[drawing]?.concept ?? -1;
}

function styleOf(art: Art, drawing: number): number {
  return art.drawings[drawing]?.style ?? -1;
}

function order(art: Art, drawing: number): number {
  return conceptOf(art, drawing) * (TEST_STYLE_INDEX + 1) + styleOf(art, drawing);
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
