/** The classes of the concepts: Unicode's groups of emoji, in Unicode's order. */
export const GROUPS = [
  "Smileys & Emotion",
  "People & Body",
  "Animals & Nature",
  "Food & Drink",
  "Travel & Places",
  "Activities",
  "Objects",
  "Symbols",
  "Flags",
] as const;

/** Number of a group in {@link GROUPS}; -1 for one that Unicode does not have. */
export function groupNumber(group: string): number {
  return GROUPS.findIndex((name) => name === group);
}
