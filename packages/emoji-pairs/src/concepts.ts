/** The concepts: every emoji of Unicode with its label, tags and group. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

interface UnicodeEmoji {
  readonly name: string;
  readonly slug: string;
  readonly group: string;
}

/** One emoji, independent of any drawing of it. */
export interface Concept {
  /** Code points in lower-case hexadecimal joined by `-`, without the variation selector `fe0f`. */
  readonly hex: string;
  /** Name in Unicode's spelling, for example `grinning face`. */
  readonly label: string;
  /** Machine spelling of the label, for example `grinning_face`. */
  readonly slug: string;
  /** Keywords, most important first; printable ASCII, none equal to the label. */
  readonly tags: readonly string[];
  /** One of Unicode's nine groups, for example `Smileys & Emotion`. */
  readonly group: string;
  /** The name that emojilib gives, another spelling to find drawings by. */
  readonly alias: string;
}

/** The code points of an emoji as {@link Concept.hex}. */
function hexOf(emoji: string): string {
  const points = Array.from(emoji, (character) => (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0"));
  return points.filter((point) => point !== "fe0f").join("-");
}

/** All concepts in the order of `unicode-emoji-json`. */
export function loadConcepts(): Concept[] {
  const emoji = require("unicode-emoji-json") as Record<string, UnicodeEmoji>;
  const keywords = require("emojilib") as Record<string, readonly string[]>;
  return Object.entries(emoji).map(([character, { name, slug, group }]) => {
    const [alias = "", ...tags] = keywords[character] ?? [];
    return { hex: hexOf(character), label: name, slug, group, alias, tags: usableTags(tags, name) };
  });
}

function usableTags(tags: readonly string[], label: string): string[] {
  const spaced = tags.map((tag) => tag.replace(/_/g, " "));
  return spaced.filter((tag) => /^[\x20-\x7e]+$/.test(tag) && tag.toLowerCase() !== label.toLowerCase());
}

/** Zero-width-joiner sequences (families, professions) are combinations of other emoji and are left out. */
export function isJoinedSequence(concept: Concept): boolean {
  return concept.hex.includes("200d");
}
