/** What became of a name of ml-l3m. */

/**
 * - `registered`: a plugin registers it under this name as an alias; a text is a remark;
 * - `here`: code that nothing registers does it, as `<file>#<export>` or `<file>`;
 * - `notYet`, `not`: it does not exist here, and why.
 */
export type Fate =
  | { readonly registered: true | string }
  | ({ readonly here: string } & Shown)
  | { readonly notYet: string }
  | { readonly not: string };

export interface Shown {
  readonly remark?: string;
  /** Golden cases that record it under another name, as a prefix of theirs. */
  readonly cases?: string;
  /** Tests that do not import it, relative to the root. */
  readonly tests?: readonly string[];
}

/** By module, then by name; names that share a fate stand together, separated by spaces. */
export type Names = Readonly<Record<string, Readonly<Record<string, Fate>>>>;

export const registered: Fate = { registered: true };

/** Code that is not registered; a text is a remark. */
export function here(place: string, shown: string | Shown = {}): Fate {
  return { here: place, ...(typeof shown === "string" ? { remark: shown } : shown) };
}

/** All of these names, separated by spaces, are registered. */
export function all(names: string): Record<string, Fate> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, registered]));
}
