/** Packed text: every byte counted once, tokens equal those of the whole text, files and lines that are wrong are named. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Dataset, Registry, type Sample, type Tokenizer } from "@l3m/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import dataPlugin, {
  BpeTokenizer,
  ByteTokenizer,
  IGNORED_LABEL,
  jsonlCorpus,
  PackedText,
  plainTextCorpus,
  prepareDataset,
  sampleRng,
  ShuffledSampler,
  trainBpe,
} from "../src/index.ts";

const corpusText = readFileSync(join(import.meta.dirname, "fixtures/corpus.txt"), "utf8");
const bytes = new ByteTokenizer();
const same = (path: string): string => path;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "l3m-packed-"));
  vi.stubEnv("L3M_CACHE_DIR", join(root, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function file(name: string, content: string | Buffer): string {
  const path = join(root, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

interface PackOptions {
  readonly tokenizer?: Tokenizer;
  readonly split?: { readonly part: "train" | "held_out"; readonly held_out: number } | null;
  readonly invalid?: "error" | "replace";
}

async function pack(
  files: readonly string[],
  contextLength: number,
  {
    tokenizer = bytes,
    split = null,
    invalid = "error",
    ...rest
  }: PackOptions & Partial<ConstructorParameters<typeof PackedText>[0]> = {},
): Promise<PackedText> {
  const corpus = plainTextCorpus({ files, resolveFile: same, split, invalid });
  const dataset = new PackedText({ corpus, tokenizer, contextLength, ...rest });
  await dataset.prepare();
  return dataset;
}

function samples(dataset: Dataset, draw = 0): Sample[] {
  return Array.from({ length: dataset.length }, (_, i) => dataset.get(i, sampleRng(0, draw, i)) as Sample);
}

function ids(sample: Sample | undefined, key: string): number[] {
  const field = sample?.[key];
  return typeof field === "object" ? [...field.data] : [];
}

/** The tokens that the windows predict, in order, and the bytes that they claim. */
function predicted(dataset: Dataset): { tokens: number[]; bytes: number } {
  const windows = samples(dataset);
  return {
    tokens: windows.flatMap((sample) =>
      ids(sample, "labels")
        .slice(1)
        .filter((id) => id !== IGNORED_LABEL),
    ),
    bytes: windows.reduce((sum, sample) => sum + (ids(sample, "bytes")[0] ?? NaN), 0),
  };
}

describe("windows", () => {
  it("predict every token once, the tail padded with ignored labels", async () => {
    const dataset = await pack([file("a.txt", "abcdefg")], 4);
    const id = (letter: string): number => letter.charCodeAt(0) + 2;
    const [first, second] = samples(dataset);
    expect(dataset.length).toBe(2);
    expect(ids(first, "text")).toEqual([1, ..."abcd"].map((x) => (typeof x === "string" ? id(x) : x)));
    expect(ids(first, "labels")).toEqual(ids(first, "text"));
    expect(ids(second, "text")).toEqual([id("d"), id("e"), id("f"), id("g"), 1]);
    const padded = await pack([file("a.txt", "abcdef")], 5);
    expect(ids(samples(padded)[1], "text")).toEqual([id("e"), id("f"), 1, 0, 0, 0]);
    expect(ids(samples(padded)[1], "labels")).toEqual([id("e"), id("f"), 1, -100, -100, -100]);
  });

  it.each([3, 16, 100, 9999])("of %i tokens count every byte of several files once", async (contextLength) => {
    const files = [file("a.txt", corpusText), file("b.txt", "Größe: 5 m — ☃ 😀"), file("c.txt", "")];
    const { tokens, bytes: counted } = predicted(await pack(files, contextLength));
    const text = [corpusText, "Größe: 5 m — ☃ 😀"];
    expect(tokens).toEqual(text.flatMap((document) => [...bytes.encode(document), 1]));
    expect(counted).toBe(text.reduce((sum, document) => sum + Buffer.byteLength(document), 0));
  });

  it("leave the tail out on request, and refuse a text that is too short then", async () => {
    const path = file("a.txt", "abcdef");
    expect((await pack([path], 4, { tail: "drop" })).length).toBe(1);
    await expect(pack([path], 40, { tail: "drop" })).rejects.toMatchObject({ code: "L3M_BAD_OPTION" });
  });

  it("start anywhere in training, the same place for the same draw", async () => {
    const dataset = await pack([file("a.txt", corpusText)], 16, { randomOffset: true });
    const start = (draw: number): number[][] => samples(dataset, draw).map((sample) => ids(sample, "text"));
    expect(start(3)).toEqual(start(3));
    expect(start(3)).not.toEqual(start(4));
    expect(samples(dataset).every((sample) => !ids(sample, "labels").includes(IGNORED_LABEL))).toBe(true);
    const stream = [1, ...bytes.encode(corpusText), 1].join();
    for (const window of start(5)) expect(stream).toContain(window.join());
  });

  it("number documents and positions in them", async () => {
    const dataset = await pack([file("a.txt", "ab"), file("b.txt", "cde")], 8, { documentIds: true });
    const [sample] = samples(dataset);
    expect(ids(sample, "text").slice(0, 8)).toEqual([1, 99, 100, 1, 101, 102, 103, 1]);
    expect(ids(sample, "position_ids").slice(0, 8)).toEqual([0, 0, 1, 2, 0, 1, 2, 3]);
    expect(ids(sample, "document_mask").slice(0, 8)).toEqual([0, 1, 1, 1, 2, 2, 2, 2]);
  });

  it("go on exactly where a sampler stopped", async () => {
    const dataset = await pack([file("a.txt", corpusText)], 32, { randomOffset: true });
    const make = (): ShuffledSampler => new ShuffledSampler({ dataset, batchSize: 3, seed: 7 });
    const whole = make();
    const take = (sampler: ShuffledSampler, count: number): unknown[] =>
      Array.from({ length: count }, () => {
        const { indices, draw } = sampler.next();
        return [...indices].map((index) => ids(dataset.get(index, sampleRng(7, draw, index)) as Sample, "text"));
      });
    take(whole, 11);
    const resumed = make();
    resumed.restore(JSON.parse(JSON.stringify(whole.state())));
    expect(take(resumed, 9)).toEqual(take(whole, 9));
  });
});

describe("tokens", () => {
  const text = Array.from({ length: 60 }, (_, i) => `${corpusText}\n\n  ${i} \t\n`).join("");

  it.each([true, false])(
    "of a file read in pieces equal those of the whole text (prefix space %s)",
    async (addPrefixSpace) => {
      const vocabulary = trainBpe(corpusText.split("\n"), { vocabSize: 400, specialTokens: ["<eos>"], addPrefixSpace });
      const tokenizer = new BpeTokenizer(vocabulary, { eosToken: "<eos>" });
      const long = text.repeat(Math.ceil((3 * 2 ** 20) / text.length)); // several pieces of 1 MiB
      const { tokens, bytes: counted } = predicted(await pack([file("long.txt", long)], 1024, { tokenizer }));
      expect(counted).toBe(Buffer.byteLength(long));
      const expected = [...tokenizer.encode(long), 0];
      expect(tokens.length).toBe(expected.length);
      expect(tokens.every((id, i) => id === expected[i])).toBe(true);
    },
  );

  it("are made once for the same text and tokenizer, and again when either changes or the cache is damaged", async () => {
    const path = file("a.txt", corpusText);
    const folders = (): string[] => readdirSync(join(root, "cache/tokens")).sort();
    const expected = predicted(await pack([path], 8));
    const [only = ""] = folders();
    expect(predicted(await pack([file("copy.txt", corpusText)], 8))).toEqual(expected);
    expect(folders()).toEqual([only]);
    writeFileSync(join(root, "cache/tokens", only, "tokens.bin"), "damaged");
    expect(predicted(await pack([path], 8))).toEqual(expected);
    await pack([file("a.txt", `${corpusText}!`)], 8);
    const vocabulary = trainBpe(corpusText.split("\n"), { vocabSize: 300 });
    await pack([path], 8, { tokenizer: new BpeTokenizer(vocabulary, { eosToken: "<eos>" }) });
    expect(folders()).toHaveLength(3);
  });

  it("are made by several at once without harm", async () => {
    const path = file("a.txt", text);
    const all = await Promise.all([1, 2, 3, 4].map(() => pack([path], 64)));
    for (const dataset of all) expect(predicted(dataset)).toEqual(predicted(await pack([path], 64)));
    expect(readdirSync(join(root, "cache/tokens"))).toHaveLength(1);
  });

  it("may have ids above 65,535", async () => {
    const wide = {
      vocabSize: 70_000,
      fingerprint: "wide",
      eosId: 69_999,
      encode: (t: string) => [...t].map(() => 66_000),
      decode: () => "",
    };
    expect(predicted(await pack([file("a.txt", "abc")], 2, { tokenizer: wide })).tokens).toEqual([
      66_000, 66_000, 66_000, 69_999,
    ]);
  });
});

describe("a split", () => {
  const split = (part: "train" | "held_out", held_out = 0.3) => ({ split: { part, held_out } });

  it("has every byte in one of its parts, cut between characters", async () => {
    const files = ["ä".repeat(50), "☃".repeat(33), "abc"].map((content, i) => file(`${i}.txt`, content));
    const total = 100 + 99 + 3;
    for (const held_out of [0.01, 0.25, 0.33, 0.5, 0.8, 0.98]) {
      const train = predicted(await pack(files, 8, split("train", held_out)));
      const heldOut = predicted(await pack(files, 8, split("held_out", held_out)));
      expect(train.bytes + heldOut.bytes).toBe(total);
      expect(Math.abs(heldOut.bytes - total * held_out)).toBeLessThan(4);
    }
  });

  it("of lines is cut between lines", async () => {
    const path = file(
      "a.jsonl",
      Array.from({ length: 10 }, (_, i) => JSON.stringify({ text: `line ${i}` })).join("\n"),
    );
    const read = async (part: "train" | "held_out"): Promise<string> => {
      const corpus = jsonlCorpus({
        files: [path],
        resolveFile: same,
        split: { part, held_out: 0.35 },
        invalid: "error",
        field: "text",
      });
      const dataset = new PackedText({ corpus, tokenizer: bytes, contextLength: 16 });
      await dataset.prepare();
      return bytes.decode(predicted(dataset).tokens.map((id) => (id === 1 ? "|".charCodeAt(0) + 2 : id)));
    };
    expect(await read("train")).toBe(Array.from({ length: 7 }, (_, i) => `line ${i}|`).join(""));
    expect(await read("held_out")).toBe("line 7|line 8|line 9|");
  });

  it("with nothing in it is refused", async () => {
    await expect(pack([file("a.txt", "ab")], 8, split("train", 0.9))).rejects.toMatchObject({ code: "L3M_BAD_OPTION" });
  });
});

describe("wrong data", () => {
  const jsonl = (content: string | Buffer, field = "text"): Promise<void> =>
    new PackedText({
      corpus: jsonlCorpus({
        files: [file("a.jsonl", content)],
        resolveFile: same,
        split: null,
        invalid: "error",
        field,
      }),
      tokenizer: bytes,
      contextLength: 4,
    }).prepare();

  it.each([
    ['{"text": "a"}\n{"text": ', /a\.jsonl:2/],
    ['{"text": "a"}\n\n\n{"body": "b"}\n', /a\.jsonl:4.*/],
    ['{"text": 3}', /a\.jsonl:1/],
    ["[1]", /a\.jsonl:1/],
    ["null", /a\.jsonl:1/],
  ])("in JSONL is named with its line: %j", async (content, message) => {
    await expect(jsonl(content)).rejects.toThrowError(message);
    await expect(jsonl(content)).rejects.toMatchObject({ code: "L3M_BAD_SAMPLE" });
  });

  it("may have its text in another field, Windows line ends, and no last line end", async () => {
    await jsonl('{"body": "abc"}\r\n\r\n{"body": "def"}', "body");
    await jsonl('{"text": "abc\\n\\u00e9"}\n');
  });

  it("that is no UTF-8 is named with its place, or replaced", async () => {
    const path = file("a.txt", Buffer.concat([Buffer.from("é".repeat(100)), Buffer.from([0xff]), Buffer.from("abc")]));
    await expect(pack([path], 8)).rejects.toThrowError(/L3M_BAD_SAMPLE.*a\.txt[\s\S]*byte 200/);
    await expect(pack([file("cut.txt", Buffer.from("abcé").subarray(0, 4))], 8)).rejects.toThrowError(/byte 4/);
    expect(bytes.decode(predicted(await pack([path], 8, { invalid: "replace" })).tokens)).toContain("é\ufffdabc");
  });

  it("that is missing or empty is named", async () => {
    await expect(pack([join(root, "none.txt")], 8)).rejects.toThrowError(/L3M_DATA_NOT_FOUND.*none\.txt/);
    await expect(pack([root], 8)).rejects.toThrowError(/a folder/);
    await expect(pack([file("empty.txt", "")], 8)).rejects.toThrowError(/L3M_DATA_NOT_FOUND.*empty\.txt/);
    await expect(pack([join(root, "*.none")], 8)).rejects.toThrowError(/L3M_DATA_NOT_FOUND.*\*\.none/);
  });
});

describe("configs", () => {
  it("name files by patterns, in the same order everywhere", async () => {
    for (const name of ["b/2.txt", "b/1.txt", "a.txt", "b/c/3.txt", "b/.hidden.txt", "b/4.md"]) file(name, `<${name}>`);
    const dataset = build(
      new Registry([dataPlugin]),
      "dataset",
      {
        dataset: "data/text-files",
        files: ["**/*.txt", "b/?.md"],
        context_length: 8,
        tokenizer: "data/byte-tokenizer",
      },
      { resolveFile: (path) => join(root, path) },
    ).product;
    await prepareDataset(dataset);
    expect(bytes.decode(predicted(dataset).tokens)).toBe("<a.txt><b/1.txt><b/2.txt><b/c/3.txt><b/4.md>");
  });

  it("name JSONL files", async () => {
    file("x.jsonl", '{"text": "abc"}\n{"text": ""}\n{"text": "d"}\n');
    const dataset = build(
      new Registry([dataPlugin]),
      "dataset",
      { dataset: "data/text-jsonl", files: "x.jsonl", context_length: 8, tokenizer: "data/byte-tokenizer" },
      { resolveFile: (path) => join(root, path) },
    ).product;
    await prepareDataset(dataset);
    expect(predicted(dataset)).toEqual({ tokens: [99, 100, 101, 1, 102, 1], bytes: 4 });
  });

  it("must give the integrity of a package", async () => {
    await expect(pack(["npm:x@1.0.0/a.txt"], 8)).rejects.toThrowError(/integrity/);
  });
});
