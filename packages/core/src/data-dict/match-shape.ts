/** Shapes in letters against real shapes. */

/** Sizes that letters stand for in one call. */
export type Letters = Map<string, number>;

/**
 * Matches `shape` against a pattern such as `"B N D=embed_dim"` and records new letters. Returns what was expected when it
 * does not fit, otherwise undefined.
 */
export function matchShape(
  pattern: string,
  shape: readonly number[],
  letters: Letters,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const parts = pattern.split(" ").filter((part) => part !== "");
  const open = parts.indexOf("...");
  const fixed = open < 0 ? parts.length : parts.length - 1;
  if (open < 0 ? shape.length !== fixed : shape.length < fixed) return expectation(parts, letters, options);
  for (const [i, part] of parts.entries()) {
    if (part === "...") continue;
    const size = shape[open >= 0 && i > open ? shape.length - (parts.length - i) : i] as number;
    const [letter, option] = part.split("=") as [string, string | undefined];
    const wanted = sizeOf(letter, option, letters, options);
    if (wanted !== undefined && wanted !== size) return expectation(parts, letters, options);
    if (wanted === undefined) letters.set(letter, size);
    else if (!/^\d+$/.test(letter)) letters.set(letter, wanted);
  }
  return undefined;
}

function sizeOf(
  letter: string,
  option: string | undefined,
  letters: Letters,
  options: Readonly<Record<string, unknown>>,
): number | undefined {
  if (/^\d+$/.test(letter)) return Number(letter);
  const bound = option === undefined ? undefined : options[option];
  return typeof bound === "number" ? bound : letters.get(letter);
}

/** A pattern with the sizes that are known: `[B=2, N, D=8]`. */
export function describePattern(pattern: string, letters: Letters, options: Readonly<Record<string, unknown>>): string {
  return expectation(
    pattern.split(" ").filter((part) => part !== ""),
    letters,
    options,
  );
}

function expectation(parts: readonly string[], letters: Letters, options: Readonly<Record<string, unknown>>): string {
  const shown = parts.map((part) => {
    const [letter, option] = part.split("=") as [string, string | undefined];
    const size = part === "..." ? undefined : sizeOf(letter, option, letters, options);
    return size === undefined || /^\d+$/.test(letter) ? letter : `${letter}=${size}`;
  });
  return `[${shown.join(", ")}]`;
}
