/**
 * Cleaning of captions before tokenising, as CLIP does it: damaged encoding repaired, HTML entities resolved, white space
 * collapsed. Source: openai/CLIP `simple_tokenizer.py` (`basic_clean`, `whitespace_clean`), which calls the library ftfy.
 */
import { TextDecoder } from "node:util";
import { decodeHTML } from "entities";

/**
 * UTF-8 that was read as windows-1252: the characters that Western texts meet (two bytes from `Â` and `Ã`, punctuation from
 * `â`, emoji from `ð`). ftfy weighs more cases; texts that mean such characters are too rare to tell apart here.
 */
const MISREAD = "[ÂÃ]C|âCC|ðCCC";

/** What windows-1252 reads for the bytes 0x80 to 0x9f. Written out: some versions of Node decode it as Latin-1. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

const byteOf = new Map(Array.from(WINDOWS_1252, (character, i) => [character, 0x80 + i]));
const misread = new RegExp(MISREAD.replaceAll("C", `[${WINDOWS_1252}\u00a0-\u00bf]`), "g");

const LIGATURES: Readonly<Record<string, string>> = {
  "\u0132": "IJ",
  "\u0133": "ij",
  "\u0149": "ʼn",
  "\u01f1": "DZ",
  "\u01f2": "Dz",
  "\u01f3": "dz",
  "\u01c4": "DŽ",
  "\u01c5": "Dž",
  "\u01c6": "dž",
  "\u01c7": "LJ",
  "\u01c8": "Lj",
  "\u01c9": "lj",
  "\u01ca": "NJ",
  "\u01cb": "Nj",
  "\u01cc": "nj",
  "\ufb00": "ff",
  "\ufb01": "fi",
  "\ufb02": "fl",
  "\ufb03": "ffi",
  "\ufb04": "ffl",
  "\ufb05": "ſt",
  "\ufb06": "st",
};

/** A cleaned text: repaired, HTML entities resolved (twice, for doubly escaped ones), white space runs as one space, trimmed. */
export function cleanText(text: string): string {
  return decodeHTML(decodeHTML(repairText(text)))
    .replace(/\p{White_Space}+/gu, " ")
    .trim();
}

/** The repairs of ftfy that do not need its statistics. */
function repairText(text: string): string {
  return text
    .replace(misread, rereadAsUtf8)
    .replace(
      /[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]/g,
      (character) => LIGATURES[character] ?? character,
    )
    .replace(/[\u3000\uff01-\uff9f\uffa1-\uffdc\uffe0-\uffee]/g, (wide) => wide.normalize("NFKC"))
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/\r\n|[\r\u2028\u2029\u0085]/g, "\n")
    .replace(/[\u0000-\u0008\u000b\u000e-\u001f\u007f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, "")
    .normalize("NFC");
}

function rereadAsUtf8(characters: string): string {
  const bytes = Uint8Array.from(characters, (character) => byteOf.get(character) ?? character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return characters;
  }
}
