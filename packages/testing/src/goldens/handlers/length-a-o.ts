/** The stand-in tokenizer `length_a_o`. */
import { defineTokenizer } from "@l3m/core";
import { ANY_OPTIONS } from "../any-options.ts";

/** Rows of three: the length of the text, how many "a" and how many "o" it has. */
export const lengthAO = defineTokenizer({
  name: "length-a-o",
  summary: "Counts letters.",
  options: ANY_OPTIONS,
  build: () => ({
    vocabSize: 0,
    fingerprint: "length-a-o",
    encode: countLetters,
    decode: () => "",
    rows: (texts) => texts.map(countLetters),
  }),
});

function countLetters(text: string): number[] {
  return [[...text].length, ...["a", "o"].map((letter) => text.split(letter).length - 1)];
}
