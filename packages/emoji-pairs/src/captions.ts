/** Captions of a concept: fixed ones for tests and tokenizer training, random ones for training. */
import type { SampleRng } from "@l3m/core";
import type { Art } from "./art.ts";
import type { Concept } from "./concepts.ts";
import { splitDrawings } from "./split.ts";

const TAGS_IN_FULL_CAPTION = 8;

/** How training captions are drawn. */
export interface CaptionOptions {
  /** Probability that tags take part; otherwise the caption is the label alone. Default 0.3. */
  readonly tags: number;
  /** At most so many tags. Default 4. */
  readonly maxTags: number;
  /** Probability that the label stands before the tags, if tags take part. Default 0.7. */
  readonly labelled: number;
}

/** The recipe of the quickstart. */
export const CAPTION_DEFAULTS: CaptionOptions = { tags: 0.3, maxTags: 4, labelled: 0.7 };

/** The lower-case label. */
export function labelCaption(concept: Concept): string {
  return concept.label.toLowerCase();
}

/** `label: tag, tag, ...` with up to eight tags. */
export function fullCaption(concept: Concept): string {
  const tags = concept.tags.slice(0, TAGS_IN_FULL_CAPTION);
  return tags.length === 0 ? labelCaption(concept) : `${labelCaption(concept)}: ${tags.join(", ")}`;
}

/** A caption of a random form: the label, the label with some of the tags in random order, or only the tags. */
export function randomCaption(concept: Concept, rng: SampleRng, options: CaptionOptions = CAPTION_DEFAULTS): string {
  if (concept.tags.length === 0 || rng.float() >= options.tags) return labelCaption(concept);
  const count = 1 + rng.below(Math.min(options.maxTags, concept.tags.length));
  const tags = pick(concept.tags, count, rng).join(", ");
  return rng.float() < options.labelled ? `${labelCaption(concept)}: ${tags}` : tags;
}

/** The full caption of every training concept: the only text that the quickstart's tokenizer is trained on. */
export function trainingCaptions(art: Art): string[] {
  const concepts = new Set(splitDrawings(art, "train").map((drawing) => art.drawings[drawing]?.concept ?? -1));
  return [...concepts].flatMap((concept) => {
    const shown = art.concepts[concept];
    return shown === undefined ? [] : [fullCaption(shown)];
  });
}

/** `count` different items in random order. */
function pick(items: readonly string[], count: number, rng: SampleRng): string[] {
  const left = [...items];
  return Array.from({ length: count }, () => left.splice(rng.below(left.length), 1)[0] ?? "");
}
