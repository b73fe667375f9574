/** Which icon of each set draws which concept. Some sets list code points; for the others names are matched. */
import { createRequire } from "node:module";
import type { Concept } from "./concepts.ts";
import { STYLES } from "./styles.ts";

const require = createRequire(import.meta.url);

interface IconSet {
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<
    Record<
      string,
      {
        readonly body: string;
        readonly width?: number;
        readonly height?: number;
        readonly left?: number;
        readonly top?: number;
      }
    >
  >;
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
}

interface LoadedSet {
  readonly icons: IconSet;
  /** Code points -> icon name; empty in the sets that do not tell. */
  readonly chars: Readonly<Record<string, string>>;
}

/** One drawing of one concept. */
export interface Drawing {
  /** Index into the concepts. */
  readonly concept: number;
  /** Index into {@link STYLES}. */
  readonly style: number;
  readonly svg: string;
  /** Longer side of the SVG's view box, in its units. */
  readonly extent: number;
}

/** Every drawing of every concept, by style, then by concept. Loads all sets (about 60 MB of JSON). */
export function findDrawings(concepts: readonly Concept[]): Drawing[] {
  const sets = STYLES.map(({ name }): LoadedSet => ({
    icons: require(`@iconify-json/${name}/icons.json`) as IconSet,
    chars: require(`@iconify-json/${name}/chars.json`) as Record<string, string>,
  }));
  const byHex = new Map(concepts.map((concept, index) => [concept.hex, index]));
  const byName = conceptNames(concepts, byHex, sets);
  return sets.flatMap(({ icons, chars }, style) => {
    const iconOf = Object.keys(chars).length > 0 ? iconsByCodePoint(icons, chars, byHex) : iconsByName(icons, byName);
    const ordered = [...iconOf].sort((a, b) => a[0] - b[0]);
    return ordered.map(([concept, name]) => ({ concept, style, ...svgOf(icons, name) }));
  });
}

/** Collapsed spellings -> concept: labels, slugs, flag names, and the names that sets with code points use. First one wins. */
function conceptNames(
  concepts: readonly Concept[],
  byHex: ReadonlyMap<string, number>,
  sets: readonly LoadedSet[],
): Map<string, number> {
  const names = new Map<string, number>();
  const add = (name: string, concept: number): void => {
    const key = collapse(name);
    if (key !== "" && !names.has(key)) names.set(key, concept);
  };
  concepts.forEach(({ label, slug }, concept) => {
    add(label, concept);
    add(slug, concept);
    if (label.startsWith("flag ")) {
      add(`flag-for-${label.slice(5)}`, concept);
      add(`flag-for-flag-${label.slice(5)}`, concept);
    }
  });
  for (const { icons, chars } of sets) {
    const conceptOfIcon = new Map<string, number>();
    for (const [points, icon] of Object.entries(chars)) {
      const concept = byHex.get(withoutSelector(points));
      if (concept === undefined) continue;
      add(icon, concept);
      conceptOfIcon.set(icon, concept);
    }
    for (const [alias, { parent }] of Object.entries(icons.aliases ?? {})) {
      const concept = conceptOfIcon.get(parent);
      if (concept !== undefined) add(alias, concept);
    }
  }
  concepts.forEach(({ alias }, concept) => add(alias, concept));
  return names;
}

function iconsByCodePoint(
  icons: IconSet,
  chars: Readonly<Record<string, string>>,
  byHex: ReadonlyMap<string, number>,
): Map<number, string> {
  const found = new Map<number, string>();
  for (const [points, icon] of Object.entries(chars)) {
    const concept = byHex.get(withoutSelector(points));
    if (concept !== undefined && !found.has(concept) && icons.icons[icon] !== undefined) found.set(concept, icon);
  }
  return found;
}

function iconsByName(icons: IconSet, byName: ReadonlyMap<string, number>): Map<number, string> {
  const found = new Map<number, string>();
  for (const icon of Object.keys(icons.icons)) {
    if (icon.includes("skin-tone")) continue;
    const concept = byName.get(collapse(icon));
    if (concept !== undefined && !found.has(concept)) found.set(concept, icon);
  }
  return found;
}

function svgOf(set: IconSet, name: string): { svg: string; extent: number } {
  const icon = set.icons[name];
  const width = icon?.width ?? set.width ?? 16;
  const height = icon?.height ?? set.height ?? 16;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="${icon?.left ?? 0} ${icon?.top ?? 0} ${width} ${height}">${icon?.body ?? ""}</svg>`;
  return { svg, extent: Math.max(width, height) };
}

function withoutSelector(points: string): string {
  return points.toLowerCase().replace(/-fe0f/g, "");
}

/** `Piñata!`, `pinata` and `PIÑATA` are one name: accents, case, spaces and punctuation do not count. */
function collapse(name: string): string {
  const plain = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\u0300-\u036f’']/g, "");
  return plain.replace(/&/g, " and ").replace(/[^a-z0-9]/g, "");
}
