/**
 * GPT-2's split of a text into words, before BPE merges inside each word. Contractions, letter runs, digit runs and
 * other runs, each with at most one leading space; then white space. Source: openai/gpt-2 `encoder.py`.
 */

// \p{White_Space} is what \s means in Hugging Face's (Rust) expression; JavaScript's \s differs in U+0085 and U+FEFF.
const GPT2_WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** How a text is cut into words. */
export interface PreTokenizeOptions {
  /** Put a space before the text unless it starts with one, so that its first word looks like any other. */
  readonly addPrefixSpace: boolean;
}

/** The words of a text, in order; joined they give the text (with its prefix space). */
export function preTokenize(text: string, options: PreTokenizeOptions): string[] {
  if (text === "") return [];
  const prefixed = options.addPrefixSpace && !text.startsWith(" ") ? ` ${text}` : text;
  return prefixed.match(GPT2_WORD) ?? [];
}
