/** Tokenizers of Hugging Face against what ml-l3m's wrapper and the `tokenizers` library gave. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, Registry } from "@l3m/core";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import dataPlugin, {
  BpeTokenizer,
  cleanText,
  HuggingFaceTokenizer,
  parseTokenizer,
  type HuggingFaceOptions,
} from "../src/index.ts";

const root = mkdtempSync(join(tmpdir(), "l3m-hf-"));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const special = (id: number, content: string) => ({ id, content, special: true, normalized: false });

/** A word-level vocabulary: padding 0, end of text 1, unknown 2, begin of text 3, a to g from 4. */
const TOY = {
  added_tokens: ["<pad>", "</s>", "<unk>", "<s>"].map((content, id) => special(id, content)),
  pre_tokenizer: { type: "Whitespace" },
  model: {
    type: "WordLevel",
    unk_token: "<unk>",
    vocab: Object.fromEntries(["<pad>", "</s>", "<unk>", "<s>", ..."abcdefg"].map((token, id) => [token, id])),
  },
};
const TOY_CONFIG = { pad_token: "<pad>", eos_token: "</s>", unk_token: "<unk>", bos_token: { content: "<s>" } };

function toy(options: HuggingFaceOptions = {}, config: Record<string, unknown> = {}): HuggingFaceTokenizer {
  return new HuggingFaceTokenizer({ file: "toy", tokenizer: TOY, config: { ...TOY_CONFIG, ...config } }, options);
}

describe("rows", () => {
  it.each<[string, HuggingFaceOptions, number[]]>([
    ["A b  C", { contextLength: 6 }, [4, 5, 6, 1, 0, 0]],
    ["a b c d e f g a b", { contextLength: 6 }, [4, 5, 6, 7, 8, 1]],
    ["a b", { contextLength: 6, paddingSide: "left" }, [0, 0, 0, 4, 5, 1]],
    ["a b c d e f", { contextLength: 8, maxSeqLen: 4 }, [4, 5, 6, 0]],
    ["a", { contextLength: 4, padToken: "eos_token" }, [4, 1, 1, 1]],
    ["a", { contextLength: 4, padToken: "[PAD]" }, [4, 1, 11, 11]],
    ["", { contextLength: 4 }, [1, 0, 0, 0]],
    ["a z <s>", { contextLength: 5, addEosToken: false }, [4, 2, 3, 0, 0]],
    ["A", { contextLength: 3, lowerCase: false }, [2, 1, 0]],
  ])("of %j with %j", (text, options, row) => expect(toy(options).rows([text])).toEqual([row]));

  it("are as long as the longest text on request, up to the tokenizer's own limit", () => {
    const tokenizer = toy({ maxSeqLen: 99, cutMaxSeqLength: true }, { model_max_length: 4 });
    expect(tokenizer.rows(["a", "b c"])).toEqual([
      [4, 1, 0],
      [5, 6, 1],
    ]);
    expect(tokenizer.rows(["a b c d e"])).toEqual([[4, 5, 6, 1]]);
    expect(() => toy({ cutMaxSeqLength: true }).rows(["a"])).toThrowError(/max_seq_len/);
  });

  it("begin with a begin of text if the tokenizer's settings say so", () => {
    const tokenizer = toy({ contextLength: 4 }, { add_bos_token: true });
    expect(tokenizer.rows(["a b c"])).toEqual([[3, 4, 5, 1]]);
    expect([tokenizer.bosId, tokenizer.eosId, tokenizer.padId]).toEqual([3, 1, 0]);
  });

  it("have the tokens of BERT's and RoBERTa's post-processors, as CLIP's file has", () => {
    const post_processor = { type: "RobertaProcessing", sep: ["</s>", 1], cls: ["<s>", 3] };
    const tokenizer = new HuggingFaceTokenizer({
      file: "clip",
      tokenizer: { ...TOY, post_processor },
      config: TOY_CONFIG,
    });
    expect(tokenizer.rows(["a b c d"], { maxLength: 4 })).toEqual([[3, 4, 5, 1]]);
    expect([tokenizer.bosId, tokenizer.eosId]).toEqual([3, 1]);
  });

  it("come back as text up to the first end", () => {
    expect(
      toy().decodeRows([
        [4, 1, 5, 1],
        [4, 5, 6, 7],
      ]),
    ).toEqual(["a", "a b c d"]);
    const tokenizer = toy({ addEouToken: true, addImageToken: true });
    expect([tokenizer.imageTokenId, tokenizer.eouTokenId, tokenizer.vocabSize]).toEqual([11, 12, 13]);
    expect(tokenizer.decodeRows([[4, 12, 5]])).toEqual(["a"]);
    expect(tokenizer.encode("a <image> b")).toEqual([4, 11, 5]);
  });
});

describe("a byte-level BPE", () => {
  it("gives the ids and texts of Hugging Face's library, and of our own reader of the same file", () => {
    const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/bpe.json"), "utf8")) as {
      cases: { file: Record<string, unknown>; texts: { text: string; ids: number[]; decoded: string }[] }[];
    };
    for (const { file, texts } of cases) {
      const plain = { lowerCase: false, cleanText: false };
      const tokenizer = new HuggingFaceTokenizer({ file: "bpe", tokenizer: file, config: {} }, plain);
      const own = new BpeTokenizer(parseTokenizer(JSON.stringify(file), "bpe"));
      for (const { text, ids, decoded } of texts) {
        expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
        expect(own.encode(text)).toEqual(ids);
        expect(tokenizer.decode(ids)).toBe(decoded);
      }
    }
  });
});

describe("cleaning", () => {
  it.each([
    ["  cafÃ© &amp;lt;b&gt;\n\n x ", "café <b> x"],
    ["â€œquotedâ€\u009d â€” ðŸ˜€", '"quoted" — 😀'],
    ["CAFÉ–BAR, naïve Ångström", "CAFÉ–BAR, naïve Ångström"],
    ["ﬁne ＦＵＬＬ ‘single’ “double”", "fine FULL 'single' \"double\""],
    ["e\u0301\u0000\u200b x\u00a0y", "é\u200b x y"],
    ["fish &amp chips &eacute; &#233; &hellip;", "fish & chips é é …"],
  ])("of %j", (text, cleaned) => expect(cleanText(text)).toBe(cleaned));
});

describe("tokenizers by name", () => {
  const registry = new Registry([dataPlugin]);
  const open = (name: string, options: Record<string, unknown> = {}) =>
    build(
      registry,
      "tokenizer",
      { tokenizer: "data/hf-tokenizer", tokenizer_name: name, ...options },
      {
        resolveFile: (path) => join(root, path),
      },
    ).product;
  const write = (folder: string): void => {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "tokenizer.json"), JSON.stringify(TOY));
    writeFileSync(join(root, folder, "tokenizer_config.json"), JSON.stringify(TOY_CONFIG));
  };

  it("are found in a folder, as a file, and in the cache of Hugging Face", () => {
    write("toy");
    expect(open("toy").encode("a b")).toEqual([4, 5]);
    expect(open("toy/tokenizer.json").eosId).toBe(1);
    vi.stubEnv("HF_HUB_CACHE", join(root, "hub"));
    const model = "hub/models--org--toy";
    write(`${model}/snapshots/abc`);
    mkdirSync(join(root, model, "refs"));
    writeFileSync(join(root, model, "refs/main"), "abc");
    expect(open("org/toy").encode("a b")).toEqual([4, 5]);
  });

  it("are reached by the upstream name, with upstream's options", () => {
    write("toy");
    const node = {
      _target_: "l3m.model.layers.tokenizers.HFTokenizer",
      tokenizer_name: join(root, "toy"),
      context_length: 2048,
      max_seq_len: 2048,
      use_fast: true,
    };
    expect(build(registry, "tokenizer", node, { compat: true }).product.vocabSize).toBe(11);
  });

  it("say how to fetch what is not there, and what is wrong with what is", () => {
    vi.stubEnv("HF_HUB_CACHE", join(root, "empty"));
    expect(() => open("org/none")).toThrowError(/L3M_DATA_NOT_FOUND[\s\S]*hf download org\/none tokenizer\.json/);
    mkdirSync(join(root, "bad"));
    writeFileSync(join(root, "bad/tokenizer.json"), "[]");
    expect(() => open("bad")).toThrowError(/L3M_BAD_TOKENIZER.*bad/);
    writeFileSync(join(root, "bad/tokenizer.json"), JSON.stringify({ ...TOY, model: { type: "Quantum" } }));
    expect(() => open("bad")).toThrowError(/L3M_BAD_TOKENIZER.*bad/);
  });

  it("differ in their fingerprints when they or their options differ", () => {
    write("toy");
    const fingerprints = [open("toy"), open("toy"), open("toy", { lower_case: false })].map((t) => t.fingerprint);
    expect(fingerprints[0]).toBe(fingerprints[1]);
    expect(fingerprints[0]).not.toBe(fingerprints[2]);
  });
});
