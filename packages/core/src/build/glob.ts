/** Shell patterns on dotted parameter paths, with the semantics of Python's `fnmatch.fnmatchcase`. */

/** `*` any characters (dots too), `?` one, `[abc]`, `[!abc]`; the whole string must match. */
export function matchesGlob(text: string, pattern: string): boolean {
  return globToRegExp(pattern).test(text);
}

const cache = new Map<string, RegExp>();

function globToRegExp(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === "*") source += "[\\s\\S]*";
    else if (char === "?") source += "[\\s\\S]";
    else if (char === "[") {
      const set = bracketAt(pattern, i);
      if (set === undefined) source += "\\[";
      else {
        source += set.source;
        i = set.end;
      }
    } else source += char.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }
  const regExp = new RegExp(`^${source}$`);
  cache.set(pattern, regExp);
  return regExp;
}

/** The bracket expression that starts at `start`, or undefined when it is never closed. */
function bracketAt(pattern: string, start: number): { source: string; end: number } | undefined {
  const negated = pattern[start + 1] === "!";
  const first = start + (negated ? 2 : 1);
  const end = pattern.indexOf("]", first + 1); // a "]" right after the opening is an ordinary character
  if (end < 0) return undefined;
  const body = pattern
    .slice(first, end)
    .replace(/\\/g, "\\\\")
    .replace(/\]/g, "\\]")
    .replace(/\^/g, "\\^")
    .replace(/\[/g, "\\[");
  const ranges = body.replace(/(.)-(.)/g, (range, low: string, high: string) => (low > high ? "" : range));
  if (ranges === "") return { source: negated ? "[\\s\\S]" : "(?!)", end };
  return { source: `[${negated ? "^" : ""}${ranges}]`, end };
}
