/** Byte-level BPE against Hugging Face's `tokenizers`, and properties that hold for any text. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, Registry } from "@l3m/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import dataPlugin, {
  BpeTokenizer,
  ByteTokenizer,
  formatTokenizer,
  padText,
  parseTokenizer,
  readTokenizerFile,
  trainBpe,
  writeTokenizerFile,
} from "../src/index.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const corpus = readFileSync(join(fixtures, "corpus.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "");

interface BpeCase {
  readonly add_prefix_space: boolean;
  readonly file: { readonly model: { readonly vocab: Record<string, number>; readonly merges: [string, string][] } };
  readonly texts: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
}

const { cases } = JSON.parse(readFileSync(join(fixtures, "bpe.json"), "utf8")) as { cases: BpeCase[] };

describe.each(cases)(
  "byte-level BPE with add_prefix_space $add_prefix_space",
  ({ add_prefix_space: addPrefixSpace, file, texts }) => {
    const trained = trainBpe(corpus, { vocabSize: 600, addPrefixSpace });

    it("trains the vocabulary and merges of Hugging Face's trainer", () => {
      expect(trained.merges).toEqual(file.model.merges);
      expect(Object.fromEntries(trained.vocab)).toEqual(file.model.vocab);
    });

    it("does not depend on the order of the texts", () => {
      expect(trainBpe([...corpus].reverse(), { vocabSize: 600, addPrefixSpace }).merges).toEqual(trained.merges);
    });

    it("writes the file that Hugging Face writes", () => {
      expect(JSON.parse(formatTokenizer(trained))).toEqual({
        ...file,
        decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      });
    });

    it("reads the file and gives the same ids and texts", () => {
      const tokenizer = new BpeTokenizer(parseTokenizer(JSON.stringify(file), "tokenizer.json"));
      for (const { text, ids, decoded } of texts) {
        expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
        expect(tokenizer.decode(ids)).toBe(decoded);
      }
    });

    it("gives back any text", () => {
      const tokenizer = new BpeTokenizer(trained);
      const wellFormed = fc
        .string({ unit: "binary" })
        .filter((text) => !text.includes("<pad>") && !text.includes("<eos>") && !text.startsWith("\ufeff"));
      fc.assert(
        fc.property(wellFormed, (text) => {
          const prefixed = addPrefixSpace && text !== "" && !text.startsWith(" ") ? ` ${text}` : text;
          expect(tokenizer.decode(tokenizer.encode(text))).toBe(prefixed);
        }),
      );
    });
  },
);

describe("tokenizer files", () => {
  const folder = mkdtempSync(join(tmpdir(), "l3m-bpe-"));
  const vocabulary = trainBpe(corpus, { vocabSize: 300 });

  it("come back as they were written", () => {
    const path = join(folder, "tokenizer.json");
    writeTokenizerFile(path, vocabulary);
    expect(readTokenizerFile(path)).toEqual(vocabulary);
  });

  it("may list merges as strings, as older files do", () => {
    const old = formatTokenizer(vocabulary).replace(
      /"merges": \[[\s\S]*\]\s*\}\s*\}\s*$/,
      `"merges": ${JSON.stringify(vocabulary.merges.map((merge) => merge.join(" ")))}}}`,
    );
    expect(parseTokenizer(old, "old.json")).toEqual(vocabulary);
  });

  it.each([
    ["{", /valid JSON/],
    ["{}", /pre_tokenizer/],
    [formatTokenizer(vocabulary).replace('"BPE"', '"Unigram"'), /model\.type/],
    [formatTokenizer({ ...vocabulary, merges: [["zzz", "y"]] }), /zzz/],
  ])("that are something else are refused", (text, message) => {
    const path = join(folder, "bad.json");
    writeFileSync(path, text);
    expect(() => readTokenizerFile(path)).toThrowError(message);
    expect(() => readTokenizerFile(path)).toThrowError(/L3M_BAD_TOKENIZER.*bad\.json/);
  });

  it("that are missing are named", () => {
    expect(() => readTokenizerFile(join(folder, "none.json"))).toThrowError(/L3M_DATA_NOT_FOUND.*none\.json/);
  });

  it("are named by the config, with the parts that tokens play", () => {
    const path = join(folder, "named.json");
    writeTokenizerFile(path, vocabulary);
    const registry = new Registry([dataPlugin]);
    const tokenizer = build(registry, "tokenizer", { tokenizer: "data/bpe-tokenizer", file: path }).product;
    expect([tokenizer.padId, tokenizer.eosId, tokenizer.bosId, tokenizer.vocabSize]).toEqual([0, 1, undefined, 300]);
    expect(() =>
      build(registry, "tokenizer", { tokenizer: "data/bpe-tokenizer", file: path, eos_token: "</s>" }),
    ).toThrowError(/<\/s>/);
  });
});

describe("a vocabulary that is too small", () => {
  it("is refused", () => expect(() => trainBpe(corpus, { vocabSize: 257 })).toThrowError(/at least 258/));
});

describe("ByteTokenizer", () => {
  it("has the ids of the published experiment", () => {
    const tokenizer = new ByteTokenizer();
    expect(tokenizer.encode("aé")).toEqual([99, 0xc3 + 2, 0xa9 + 2]);
    expect(tokenizer.decode([0, 99, 1])).toBe("a");
    expect(tokenizer.vocabSize).toBe(258);
  });
});

describe("padText", () => {
  const tokenizer = new ByteTokenizer();
  const [a, b, c] = ["a", "b", "c"].map((letter) => letter.charCodeAt(0) + 2);

  it("pads, truncates and always ends the text", () => {
    const { ids, mask } = padText(["ab", "abcdef", ""], tokenizer, 4);
    expect([...ids]).toEqual([a, b, 1, 0, a, b, c, 1, 1, 0, 0, 0]);
    expect([...mask]).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0]);
  });

  it("puts a begin token where there is one, and no end where there is none", () => {
    const bare = {
      vocabSize: 300,
      fingerprint: "bare",
      bosId: 299,
      encode: (text: string) => tokenizer.encode(text),
      decode: () => "",
    };
    expect([...padText(["abcdef", "a"], bare, 3).ids]).toEqual([299, a, b, 299, a, 0]);
  });
});
