/**
 * GPT-2's reversible map of bytes to printable characters, which lets a BPE vocabulary be written as text.
 * Printable Latin-1 bytes stand for themselves, the other 68 for U+0100, U+0101, ... in order.
 * Source: openai/gpt-2 `bytes_to_unicode`.
 */

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/** The character of each byte; 256 entries. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const BYTE_OF_CHARACTER = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text, each as its character. */
export function textToByteCharacters(text: string): string {
  let characters = "";
  for (const byte of encoder.encode(text)) characters += BYTE_CHARACTERS[byte] ?? "";
  return characters;
}

/** The bytes that a string of byte characters stands for; characters outside the alphabet are left out. */
export function byteCharactersToBytes(characters: string): number[] {
  const bytes: number[] = [];
  for (const character of characters) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte !== undefined) bytes.push(byte);
  }
  return bytes;
}
