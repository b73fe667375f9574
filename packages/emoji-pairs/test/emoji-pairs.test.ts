/** The data of the quickstart, checked against the numbers and vocabularies that Python found on the same packages. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, Registry } from "@l3m/core";
import dataPlugin, { BpeTokenizer, prepareDataset, readTokenizerFile, sampleRng, trainBpe } from "@l3m/data";
import { beforeAll, describe, expect, it } from "vitest";
import emojiPairsPlugin, {
  type Art,
  artFolder,
  ATTRIBUTION,
  EmojiPairs,
  fullCaption,
  GROUPS,
  labelCaption,
  loadArt,
  pixelNearestNeighbourBaseline,
  randomCaption,
  splitDrawings,
  TEST_STYLE,
  trainingCaptions,
  TRAINING_STYLES,
} from "@l3m/emoji-pairs";

const fixture = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/hugging-face-bpe.json"), "utf8")) as {
  merges: string[];
  texts: { text: string; ids: number[] }[];
};
const tokenizerFile = join(import.meta.dirname, "../tokenizer.json");
const cache = mkdtempSync(join(tmpdir(), "l3m-emoji-"));
let art: Art;
const progress: number[] = [];

beforeAll(async () => {
  process.env["L3M_CACHE_DIR"] = cache;
  art = await loadArt(32, (done, total) => progress.push(done / total));
});

describe("the art", () => {
  it("is drawn once, with progress, and comes from the cache afterwards", async () => {
    expect(progress.at(-1)).toBe(1);
    expect(progress.length).toBeGreaterThan(100);
    const again = await loadArt(32, () => expect.unreachable("drawn again"));
    expect(again.drawings).toEqual(art.drawings);
    expect(Buffer.compare(again.pixels, art.pixels)).toBe(0);
    expect(readdirSync(join(cache, "emoji-pairs"))).toHaveLength(1);
  });

  it("is drawn again when the cache is damaged", async () => {
    writeFileSync(join(artFolder(32), "pixels.bin"), art.pixels.subarray(0, 1000));
    expect(Buffer.compare((await loadArt(32)).pixels, art.pixels)).toBe(0);
    expect(readdirSync(join(cache, "emoji-pairs"))).toHaveLength(1);
  });

  it("tells where it comes from", () => {
    expect(TRAINING_STYLES.map(({ name }) => name)).toEqual(["noto", "twemoji", "emojione", "noto-v1"]);
    expect(TEST_STYLE.name).toBe("fluent-emoji-flat");
    for (const name of ["Twitter Emoji by Twitter (CC-BY-4.0", "EmojiTwo by Emoji One (CC-BY-4.0"])
      expect(ATTRIBUTION).toContain(name);
  });

  it("stops with one clear error when the cache cannot be written", async () => {
    const file = join(cache, "a-file");
    writeFileSync(file, "");
    await expect(loadArt(8, undefined, file)).rejects.toMatchObject({ code: "L3M_CACHE" });
  });
});

describe("the splits", () => {
  it("have the sizes of the published experiment", () => {
    const train = splitDrawings(art, "train");
    expect(train).toHaveLength(4943);
    expect(new Set(train.map((i) => art.drawings[i]?.concept)).size).toBe(1499);
    expect(splitDrawings(art, "style")).toHaveLength(1241);
    expect(splitDrawings(art, "concept")).toHaveLength(139);
  });

  it("share neither images nor, with the concept test, concepts", () => {
    const concepts = (split: "train" | "style" | "concept"): Set<number> =>
      new Set(splitDrawings(art, split).map((i) => art.drawings[i]?.concept ?? -1));
    const trained = concepts("train");
    expect([...concepts("style")].every((concept) => trained.has(concept))).toBe(true);
    expect([...concepts("concept")].some((concept) => trained.has(concept))).toBe(false);
    expect(splitDrawings(art, "train").every((i) => art.drawings[i]?.style !== 4)).toBe(true);
  });

  it("give the pixel nearest neighbours their published scores", async () => {
    const scores = await pixelNearestNeighbourBaseline();
    const rounded = Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, Number(value.toFixed(1))]));
    expect(rounded).toEqual({ i2t_r1: 26.9, i2t_r5: 46.4, i2t_r10: 54.8, t2i_r1: 18.8, t2i_r5: 33.3, t2i_r10: 40.8 });
  });
});

describe("captions", () => {
  const hearts = {
    hex: "2665",
    label: "Heart suit",
    slug: "heart_suit",
    group: "Activities",
    alias: "",
    tags: Array.from("abcdefghij"),
  };

  it("have fixed forms for tests", () => {
    expect(labelCaption(hearts)).toBe("heart suit");
    expect(fullCaption(hearts)).toBe("heart suit: a, b, c, d, e, f, g, h");
    expect(fullCaption({ ...hearts, tags: [] })).toBe("heart suit");
  });

  it("have the random forms of the recipe, in its proportions", () => {
    const draws = Array.from({ length: 20_000 }, (_, i) => randomCaption(hearts, sampleRng(0, 0, i)));
    const share = (test: (caption: string) => boolean): number => draws.filter(test).length / draws.length;
    expect(share((caption) => caption === "heart suit")).toBeCloseTo(0.7, 1);
    expect(share((caption) => caption.startsWith("heart suit: "))).toBeCloseTo(0.21, 1);
    expect(share((caption) => !caption.startsWith("heart suit"))).toBeCloseTo(0.09, 1);
    const tags = draws.filter((caption) => !caption.startsWith("heart suit")).map((caption) => caption.split(", "));
    expect(new Set(tags.map((list) => list.length))).toEqual(new Set([1, 2, 3, 4]));
    expect(tags.every((list) => new Set(list).size === list.length)).toBe(true);
    expect(new Set(tags.flat())).toEqual(new Set(hearts.tags));
  });
});

describe("the tokenizer", () => {
  it("is what our trainer finds on the training captions, and has Hugging Face's merges", () => {
    const trained = trainBpe(trainingCaptions(art), { vocabSize: 1024 });
    const committed = readTokenizerFile(tokenizerFile);
    expect(trained.merges.map((merge) => merge.join(" "))).toEqual(fixture.merges);
    expect(committed).toEqual(trained);
    const quickstart = join(import.meta.dirname, "../../../configs/quickstart/tokenizer.json");
    expect(readFileSync(quickstart, "utf8")).toBe(readFileSync(tokenizerFile, "utf8"));
    expect([committed.vocab.get("<pad>"), committed.vocab.get("<eos>"), committed.vocab.size]).toEqual([0, 1, 1024]);
  });

  it("gives Hugging Face's ids", () => {
    const tokenizer = new BpeTokenizer(readTokenizerFile(tokenizerFile));
    for (const { text, ids } of fixture.texts) expect(tokenizer.encode(text), text).toEqual(ids);
  });
});

describe("the dataset", () => {
  const registry = new Registry([dataPlugin, emojiPairsPlugin]);

  it("knows the group of every concept", () => {
    expect(new Set(art.concepts.map(({ group }) => group))).toEqual(new Set(GROUPS));
  });

  it("is built by name, with the captions that its split asks for", async () => {
    const dataset = build(registry, "dataset", { dataset: "emoji-pairs/emoji-pairs", split: "concept" }).product;
    await prepareDataset(dataset);
    expect(dataset.length).toBe(139);
    const sample = await dataset.get(0, sampleRng(0, 0, 0));
    expect(sample["image"]).toMatchObject({ shape: [32, 32, 3] });
    const concept = art.concepts[Number(sample["concept"])];
    expect(sample["text"]).toBe(concept === undefined ? "" : fullCaption(concept));
    expect(GROUPS[Number(sample["target"])]).toBe(concept?.group);
  });

  it("says which option is wrong", () => {
    expect(() => build(registry, "dataset", { dataset: "emoji-pairs/emoji-pairs", split: "test" })).toThrowError(
      /split/,
    );
  });

  it("draws training captions by the generator alone", async () => {
    const dataset = new EmojiPairs({ split: "train" });
    await dataset.prepare();
    const text = (draw: number): unknown => dataset.get(7, sampleRng(0, draw, 7))["text"];
    expect(text(3)).toBe(text(3));
    expect(new Set(Array.from({ length: 50 }, (_, draw) => text(draw))).size).toBeGreaterThan(3);
    expect(new Set(dataset.concepts).size).toBe(1499);
  });
});
