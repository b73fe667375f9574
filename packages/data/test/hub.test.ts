/** Data sets of the Hugging Face hub, from a hub on this machine that serves Parquet files which pyarrow wrote. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Dataset, defineMaskGenerator, definePlugin, Registry } from "@l3m/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import dataPlugin, { prepareDataset, sampleRng, type TensorField } from "../src/index.ts";

const fixtures = join(import.meta.dirname, "fixtures/hub");
const PARTS = ["part-0.parquet", "part-1.parquet"].map((name) => readFileSync(join(fixtures, name)));
const { rows } = JSON.parse(readFileSync(join(fixtures, "rows.json"), "utf8")) as {
  rows: { text: string; image: string | null }[];
};
const SIZE = PARTS.reduce((sum, part) => sum + part.length, 0);

/** What the hub has: the data set itself, and one that it has converted. */
const TREES: Readonly<Record<string, Readonly<Record<string, Buffer>>>> = {
  "me/captions": { "README.md": Buffer.from("hello"), ...numbered("data/train-0000%-of-00002.parquet") },
  "me/wiki": numbered("wiki-1/train-0000%-of-00002.parquet"),
  "me/converted": { "all.csv": Buffer.from("a,b") },
  "me/converted@refs/convert/parquet": numbered("default/train/000%.parquet"),
};

function numbered(pattern: string): Record<string, Buffer> {
  return Object.fromEntries(PARTS.map((part, i) => [pattern.replace("%", String(i)), part]));
}

let root: string;
let server: Server;
let requests: { url: string; authorization: string | undefined; range: string | undefined }[] = [];
/** How the next downloads misbehave. */
let trouble: "break" | "swap" | undefined;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = decodeURIComponent(request.url ?? "");
  requests.push({ url, authorization: request.headers.authorization, range: request.headers.range });
  const [, api, repo, revision = ""] =
    /^(\/api)?\/datasets\/(\w+\/\w+)\/(?:revision|tree|resolve)\/(.+)$/.exec(url) ?? [];
  if (api !== undefined && url.includes("/revision/")) {
    const name = revision === "main" ? String(repo) : `${repo}@${revision}`;
    if (TREES[name] === undefined) return void response.writeHead(404).end();
    return void response.end(JSON.stringify({ sha: Buffer.from(name).toString("hex") }));
  }
  if (api !== undefined) return listTree(url, response);
  const [, commit = "", path = ""] = /^([0-9a-f]+)\/(.+)$/.exec(revision) ?? [];
  const file = TREES[Buffer.from(commit, "hex").toString()]?.[path];
  if (file === undefined) return void response.writeHead(404).end();
  if (trouble === "swap") return void response.end(Buffer.alloc(file.length));
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (trouble === "break" && start === 0) {
    response.writeHead(200, { "content-length": file.length });
    response.write(file.subarray(0, 1000));
    setTimeout(() => response.destroy(), 20);
    return;
  }
  response.writeHead(start > 0 ? 206 : 200).end(file.subarray(start));
}

/** One entry a page, to be followed by links. */
function listTree(url: string, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, "http://hub");
  const name = Buffer.from(pathname.split("/").at(-1) ?? "", "hex").toString();
  const entries = Object.entries(TREES[name] ?? {});
  const page = Number(searchParams.get("page") ?? 0);
  const { port } = server.address() as AddressInfo;
  const next = `<http://127.0.0.1:${port}${pathname}?recursive=true&page=${page + 1}>; rel="next"`;
  if (page + 1 < entries.length) response.setHeader("link", next);
  const listed = entries.slice(page, page + 1).map(([path, file]) => ({
    type: "file",
    path,
    size: file.length,
    ...(path.endsWith(".parquet")
      ? { lfs: { oid: createHash("sha256").update(file).digest("hex"), size: file.length, pointerSize: 130 } }
      : {}),
  }));
  response.end(JSON.stringify(listed));
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "l3m-hub-"));
  writeTokenizer(join(root, "tokenizer"));
  server = createServer(answer);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
});

beforeEach(() => {
  requests = [];
  trouble = undefined;
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${port}/`);
  for (const name of ["HF_TOKEN", "L3M_OFFLINE", "HF_HUB_OFFLINE"]) vi.stubEnv(name, "");
  vi.stubEnv("L3M_CACHE_DIR", mkdtempSync(join(root, "cache-")));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((settle) => server.close(settle));
  rmSync(root, { recursive: true });
});

/** A word-level vocabulary: padding 0, end of text 1, unknown 2, then "a", "red", "bicycle". */
function writeTokenizer(folder: string): void {
  mkdirSync(folder);
  const words = ["<pad>", "</s>", "<unk>", "a", "red", "bicycle"];
  const tokenizer = {
    added_tokens: words.slice(0, 3).map((content, id) => ({ id, content, special: true, normalized: false })),
    pre_tokenizer: { type: "Whitespace" },
    model: { type: "WordLevel", unk_token: "<unk>", vocab: Object.fromEntries(words.map((word, id) => [word, id])) },
  };
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify({ pad_token: "<pad>", eos_token: "</s>" }));
}

const counting = definePlugin({
  namespace: "test",
  provides: [
    defineMaskGenerator({
      name: "counting",
      summary: "One drawn byte.",
      options: z.strictObject({}),
      build: (_, context) => ({
        writes: String(context.keys.write_key),
        generate: (rng) => ({ data: Uint8Array.of(rng.below(256)), shape: [1] }),
      }),
    }),
  ],
});

/** Builds a data set as upstream writes it. */
function datasetOf(target: string, options: Readonly<Record<string, unknown>>): Dataset {
  const tokenizer = {
    _target_: "l3m.model.layers.tokenizers.HFTokenizer",
    tokenizer_name: join(root, "tokenizer"),
    context_length: 5,
  };
  const node = { _target_: `l3m.data.huggingface.${target}`, tokenizer, ...options };
  return build(new Registry([dataPlugin, counting]), "dataset", node).product;
}

const IMAGE_TEXT = "multimodal.SimpleImageTextDataset";
const TEXT = "text.SimpleTextDataset";

describe("simple-image-text-dataset", () => {
  it("brings images, rows of tokens, what generators draw, and the name of the data set", async () => {
    const dataset = datasetOf(IMAGE_TEXT, {
      dataset: "me/captions",
      transforms: {
        _target_: "torchvision.transforms.Compose",
        transforms: [{ _target_: "torchvision.transforms.ToTensor" }],
      },
      generators: [{ _target_: "test/counting", write_key: "drawn" }],
    });
    const progress: number[] = [];
    await prepareDataset(dataset, (done, total) => {
      expect(total).toBe(SIZE);
      progress.push(done);
    });
    expect(progress.at(-1)).toBe(SIZE);
    expect(dataset.length).toBe(rows.length);
    const sample = await dataset.get(3, sampleRng(0, 0, 3));
    expect(Object.keys(sample)).toEqual(["image", "text", "drawn", "dataset_name"]);
    expect(sample["text"]).toEqual({ data: Int32Array.of(3, 4, 5, 1, 0), shape: [5] });
    expect(sample["dataset_name"]).toBe("captions");
    const image = sample["image"] as TensorField;
    expect(image.shape).toEqual([3, 8, 7]);
    expect(image.data[1]).toBe(Math.fround(13 / 255)); // red of the fixture's pattern at (0, 1)
    expect(await dataset.get(3, sampleRng(0, 0, 3))).toEqual(sample);
  });

  it("makes RGB of grey images, and takes no generators for none", async () => {
    const dataset = datasetOf(IMAGE_TEXT, { dataset: "me/captions", generators: null, transforms: null });
    await prepareDataset(dataset);
    const sample = await dataset.get(1, sampleRng(0, 0, 0));
    expect(Object.keys(sample)).toEqual(["image", "text", "dataset_name"]);
    expect((sample["image"] as TensorField).shape).toEqual([6, 7, 3]);
  });

  it("reports a row without image as a bad sample", async () => {
    const dataset = datasetOf(IMAGE_TEXT, { dataset: "me/captions" });
    await prepareDataset(dataset);
    await expect(async () => dataset.get(4, sampleRng(0, 0, 0))).rejects.toMatchObject({ code: "L3M_BAD_SAMPLE" });
    await expect(async () => dataset.get(4, sampleRng(0, 0, 0))).rejects.toThrowError(/row 4 of captions/);
  });

  it("has upstream's data sets as defaults", async () => {
    const [images, texts] = [datasetOf(IMAGE_TEXT, {}), datasetOf(TEXT, { generators: ["ignored"] })];
    await expect(prepareDataset(images)).rejects.toThrowError(/image-description-dataset-v2/);
    await expect(prepareDataset(texts)).rejects.toThrowError(/Salesforce\/wikitext/);
  });
});

describe("simple-text-dataset", () => {
  const options = { dataset: "me/wiki", config: "wiki-1" };

  it("brings one row per line, empty lines too", async () => {
    const dataset = datasetOf(TEXT, options);
    await prepareDataset(dataset);
    expect(dataset.length).toBe(rows.length);
    expect(await dataset.get(0, sampleRng(0, 0, 0))).toEqual({
      text: { data: Int32Array.of(3, 4, 5, 1, 0), shape: [5] },
      dataset_name: "wiki",
    });
    expect(await dataset.get(2, sampleRng(0, 0, 0))).toMatchObject({ text: { data: Int32Array.of(1, 0, 0, 0, 0) } });
  });

  it("needs a tokenizer that makes rows", () => {
    expect(() => datasetOf(TEXT, { tokenizer: "data/byte-tokenizer" })).toThrowError(/hf-tokenizer/);
  });
});

describe("the cache", () => {
  const options = { dataset: "me/wiki", config: "wiki-1" };

  it("is asked first, needs no network, and keeps no Parquet file", async () => {
    await prepareDataset(datasetOf(TEXT, options));
    const asked = requests.length;
    vi.stubEnv("L3M_OFFLINE", "1");
    const again = datasetOf(TEXT, options);
    await prepareDataset(again);
    expect([again.length, requests.length]).toEqual([rows.length, asked]);
    const kept = readdirSync(process.env["L3M_CACHE_DIR"] ?? "", { recursive: true, encoding: "utf8" });
    expect(kept.filter((file) => file.endsWith(".parquet"))).toEqual([]);
  });

  it("goes on where a download broke off", async () => {
    trouble = "break";
    const dataset = datasetOf(TEXT, options);
    await prepareDataset(dataset);
    expect(requests.flatMap(({ range }) => range ?? [])).toEqual(["bytes=1000-", "bytes=1000-"]);
    expect(dataset.length).toBe(rows.length);
  });

  it("refuses a file that is not the one that the hub lists", async () => {
    trouble = "swap";
    await expect(prepareDataset(datasetOf(TEXT, options))).rejects.toMatchObject({ code: "L3M_CHECKSUM" });
    trouble = undefined;
    const dataset = datasetOf(TEXT, options);
    await prepareDataset(dataset);
    expect(dataset.length).toBe(rows.length);
  });
});

describe("the hub", () => {
  it("is asked for what it converted when the data set itself has no Parquet", async () => {
    const dataset = datasetOf(TEXT, { dataset: "me/converted", config: "default" });
    await prepareDataset(dataset);
    expect(dataset.length).toBe(rows.length);
  });

  it("gets the token, and no other secret", async () => {
    vi.stubEnv("HF_TOKEN", "open-sesame");
    await prepareDataset(datasetOf(TEXT, { dataset: "me/wiki", config: "wiki-1" }));
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer open-sesame"]));
  });

  it.each([
    ["L3M_DATA_NOT_FOUND", { dataset: "me/nothing" }, /revision\/main[\s\S]*404[\s\S]*HF_TOKEN/],
    ["L3M_DATA_NOT_FOUND", { dataset: "me/wiki", config: "wiki-2" }, /wiki-1\/train-00000-of-00002\.parquet/],
    ["L3M_DATA_NOT_FOUND", { dataset: "me/wiki", config: "wiki-1", split: "tra" }, /"me\/wiki"/],
    ["L3M_BAD_OPTION", { dataset: "me/wiki", config: "wiki-1", text_column: "txt" }, /id, image, text/],
    ["L3M_BAD_OPTION", { dataset: "me/wiki", config: "wiki-1", text_column: "id" }, /neither texts nor images/],
  ])("that lacks something gives %s for %j", async (code, options, message) => {
    const preparing = prepareDataset(datasetOf(TEXT, options));
    await expect(preparing).rejects.toMatchObject({ code });
    await expect(preparing).rejects.toThrowError(message);
  });

  it("that cannot be reached is named, with what to do", async () => {
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:1");
    const preparing = prepareDataset(datasetOf(TEXT, {}));
    await expect(preparing).rejects.toMatchObject({ code: "L3M_DOWNLOAD" });
    await expect(preparing).rejects.toThrowError(/127\.0\.0\.1:1[\s\S]*HF_ENDPOINT[\s\S]*L3M_CACHE_DIR/);
  });
});
