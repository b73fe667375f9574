import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { padText, readMergeFile, SimpleTokenizer } from "../src/index.ts";

const MERGES = [
  ["c", "a"],
  ["ca", "t</w>"],
] as const;

function write(name: string, content: string | Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), "l3m-merges-")), name);
  writeFileSync(file, content);
  return file;
}

describe("SimpleTokenizer", () => {
  const tokenizer = new SimpleTokenizer(MERGES, { contextLength: 6 });
  const [bos, eos] = [514, 515];

  it("merges inside words, with the last symbol marked", () => {
    const idOf = (letter: string): number => letter.charCodeAt(0) - "!".charCodeAt(0); // printable bytes come first
    expect(tokenizer.encode("Cat ca")).toEqual([513, idOf("c"), 256 + idOf("a")]); // "c a" ends no word
    expect(tokenizer.decode(tokenizer.encode("cat"))).toBe("cat ");
    expect(tokenizer.vocabSize).toBe(516);
  });

  it("gives lower-case text back, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zé中]+$/), { minLength: 1 }), (words) => {
        expect(tokenizer.decode(tokenizer.encode(words.join(" ")))).toBe(words.map((word) => `${word} `).join(""));
      }),
    );
  });

  it("ends rows as told, with any combination of settings", () => {
    const text = ["cat cat cat cat cat cat cat"];
    expect(tokenizer.rows(text)).toEqual([[bos, 513, 513, 513, 513, eos]]);
    expect(tokenizer.rows(text, { appendEos: false })).toEqual([[bos, 513, 513, 513, 513, 513]]);
    const plain = new SimpleTokenizer(MERGES, { contextLength: 3, addEosToken: false, addBosToken: false });
    expect(plain.rows(["cat"])).toEqual([[513, 0, 0]]);
    expect([...padText(["cat"], tokenizer, 5).ids]).toEqual([bos, 513, eos, 0, 0]);
    expect(tokenizer.decodeRows([[bos, 513, eos, 513]])).toEqual(["cat "]);
  });

  it("knows special tokens, and pads with them", () => {
    const special = new SimpleTokenizer(MERGES, { specialTokens: ["<pad>"], padToken: "<pad>", contextLength: 4 });
    expect(special.rows(["cat"])).toEqual([[514, 513, 515, 516]]);
    expect(special.encode("<pad>cat")).toEqual([516, 513]);
    expect(() => new SimpleTokenizer(MERGES, { padToken: "<pad>" })).toThrow(/pad token/);
    expect(() => new SimpleTokenizer(MERGES, { padToken: 516 })).toThrow(/pad token/);
  });

  it("strips accents when asked to", () => {
    const bare = new SimpleTokenizer(MERGES, { normalize: true });
    expect(bare.encode("Çát")).toEqual([513]);
    expect(bare.fingerprint).not.toBe(tokenizer.fingerprint);
  });
});

describe("merge files", () => {
  it("are read gzipped or not", () => {
    const text = "#version\nc a\nca t</w>\n";
    expect(readMergeFile(write("merges.txt", text))).toEqual(MERGES);
    expect(readMergeFile(write("merges.txt.gz", gzipSync(text)))).toEqual(MERGES);
  });

  it("that are none are refused", () => {
    expect(() => readMergeFile(write("merges.txt", "#version\na b c\n"))).toThrow(/no merge file/);
    expect(() => readMergeFile("/nowhere/merges.txt")).toThrow(/no merge file/);
  });
});
