/**
 * The grammar of `${...}`, as OmegaConf writes it:
 *
 *     text      = { characters | "\${" | "${" ( reference | call ) "}" }
 *     reference = { "." } key { "." key | "[" key "]" }       leading dots climb: one is the containing map or list
 *     call      = name ":" [ argument { "," argument } ]
 *     argument  = text | "'" text "'" | '"' text '"'
 *
 * Keys and arguments may hold `${...}` themselves. Before `${`, backslashes count in pairs, as in a string literal.
 */
import { L3mError } from "@l3m/errors";

export type TextPart =
  | { readonly kind: "characters"; readonly text: string }
  | { readonly kind: "reference"; readonly up: number; readonly keys: readonly TextParts[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Argument[] };

export type TextParts = readonly TextPart[];

export interface Argument {
  readonly parts: TextParts;
  /** A quoted argument is always text. */
  readonly quoted: boolean;
}

/**
 * The parts of a text.
 * @throws L3M_CONFIG_INTERPOLATION when it does not follow the grammar; the caller adds the place.
 */
export function parseText(text: string): TextParts {
  return new TextParser(text).parseUntil("");
}

class TextParser {
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Parts up to (not including) one of `stops`, or up to the end of the text when `stops` is empty. */
  parseUntil(stops: string): TextParts {
    const parts: TextPart[] = [];
    let characters = "";
    while (this.position < this.text.length) {
      const slashes = this.countBackslashes();
      if (this.text.startsWith("${", this.position + slashes)) {
        characters += "\\".repeat(Math.floor(slashes / 2));
        this.position += slashes + 2;
        if (slashes % 2 === 1) {
          characters += "${";
          continue;
        }
        if (characters !== "") parts.push({ kind: "characters", text: characters });
        characters = "";
        parts.push(this.parseInterpolation());
        continue;
      }
      const next = this.text[this.position] ?? "";
      if (stops.includes(next) && stops !== "") break;
      characters += next;
      this.position++;
    }
    if (stops !== "" && this.position >= this.text.length) throw this.unfinished(stops);
    if (characters !== "") parts.push({ kind: "characters", text: characters });
    return parts;
  }

  private parseInterpolation(): TextPart {
    this.skipSpaces();
    let up = 0;
    while (this.take(".")) up++;
    const keys: TextParts[] = [];
    for (;;) {
      if (this.take("[")) {
        keys.push(this.parseBracketKey());
      } else {
        const key = trimEnd(this.parseUntil(".[:},"));
        if (key.length === 0) throw this.malformed("a key is empty");
        keys.push(key);
      }
      if (this.take("}")) return { kind: "reference", up, keys };
      if (up === 0 && this.take(":")) return { kind: "call", name: this.callName(keys), args: this.parseArguments() };
      if (this.text[this.position] === "[") continue;
      if (!this.take(".")) throw this.malformed(`"${this.text[this.position] ?? ""}" cannot stand in a path`);
    }
  }

  private parseBracketKey(): TextParts {
    const quote = this.takeQuote();
    const key = this.parseUntil(quote ?? "]");
    if (quote !== undefined) this.take(quote);
    if (!this.take("]")) throw this.malformed(`"]" is missing`);
    return key;
  }

  private parseArguments(): readonly Argument[] {
    const args: Argument[] = [];
    this.skipSpaces();
    if (this.take("}")) return args;
    for (;;) {
      this.skipSpaces();
      const quote = this.takeQuote();
      const parts = quote === undefined ? trimEnd(this.parseUntil(",}")) : this.parseUntil(quote);
      if (quote !== undefined) this.take(quote);
      args.push({ parts, quoted: quote !== undefined });
      this.skipSpaces();
      if (this.take("}")) return args;
      if (!this.take(",")) throw this.malformed(`"," or "}" must follow an argument`);
    }
  }

  private callName(keys: readonly TextParts[]): string {
    return keys
      .map(([part, ...rest]) => {
        if (part?.kind !== "characters" || rest.length > 0) throw this.malformed('the name before ":" must be plain');
        return part.text;
      })
      .join(".");
  }

  private countBackslashes(): number {
    let count = 0;
    while (this.text[this.position + count] === "\\") count++;
    return count;
  }

  private skipSpaces(): void {
    while (this.text[this.position] === " ") this.position++;
  }

  private take(character: string): boolean {
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private takeQuote(): "'" | '"' | undefined {
    if (this.take("'")) return "'";
    return this.take('"') ? '"' : undefined;
  }

  private unfinished(stops: string): L3mError {
    return this.malformed(stops.includes("}") ? `"}" is missing` : `${stops} is missing`);
  }

  private malformed(why: string): L3mError {
    return new L3mError("L3M_CONFIG_INTERPOLATION", {
      message: `${JSON.stringify(this.text)} is malformed at character ${this.position + 1}: ${why}.`,
      expected: "${a.b}, ${.sibling}, ${list.0}, ${resolver:argument,argument}, or \\${ for a literal ${",
    });
  }
}

function trimEnd(parts: TextParts): TextParts {
  const last = parts.at(-1);
  if (last?.kind !== "characters") return parts;
  const text = last.text.trimEnd();
  const rest = parts.slice(0, -1);
  return text === "" ? rest : [...rest, { kind: "characters", text }];
}
