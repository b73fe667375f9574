/** Tokenises a corpus once and keeps the tokens in the cache, under a key of the bytes and the tokenizer. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Tokenizer } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { cacheDirectory, makeCacheFolder } from "../files/cache-directory.ts";
import type { PrepareProgress } from "../datasets/prepare-dataset.ts";
import type { ByteRange } from "./byte-ranges.ts";
import type { TextCorpus } from "./text-corpus.ts";
import { TokenStore, TokenWriter } from "./token-store.ts";

/** Raise it when the tokens of the same text would come out differently. */
const FORMAT = 1;

/**
 * The tokens of a corpus as one stream: `[bos] tokens [eos]` for every document, with what the tokenizer has of the two.
 * Without a begin-of-text token the stream starts with an end of text, so that the first token follows something too.
 */
export async function tokeniseCorpus(
  corpus: TextCorpus,
  tokenizer: Tokenizer,
  progress: PrepareProgress = () => undefined,
): Promise<TokenStore> {
  const ranges = await corpus.ranges();
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const key = createHash("sha256");
  key.update(JSON.stringify([FORMAT, corpus.format, tokenizer.fingerprint, tokenizer.bosId, tokenizer.eosId]));
  let before = 0;
  for (const range of ranges) {
    key.update(await contentHash(range, (read) => progress(before + read, total)));
    before += range.end - range.start;
  }
  const folder = join(cacheDirectory(), "tokens", key.digest("hex").slice(0, 32));
  const cached = await TokenStore.open(folder);
  if (cached !== undefined) return cached;
  const exists = async (): Promise<boolean> => (await TokenStore.open(folder)) !== undefined;
  await makeCacheFolder(folder, exists, (unfinished) =>
    writeTokens(unfinished, { corpus, ranges, tokenizer, progress: (done) => progress(done, total) }),
  );
  const store = await TokenStore.open(folder);
  invariant(store !== undefined, `${folder} vanished right after it was made`);
  return store;
}

interface Work {
  readonly corpus: TextCorpus;
  readonly ranges: readonly ByteRange[];
  readonly tokenizer: Tokenizer;
  readonly progress: (done: number) => void;
}

async function writeTokens(folder: string, { corpus, ranges, tokenizer, progress }: Work): Promise<void> {
  const writer = new TokenWriter(folder, tokenizer.vocabSize);
  const begin = tokenizer.bosId === undefined ? [] : [tokenizer.bosId];
  const end = tokenizer.eosId === undefined ? [] : [tokenizer.eosId];
  if (begin.length === 0) await writer.write(end);
  let [bytes, documents, before] = [0, 0, 0];
  for (const range of ranges) {
    let starts = true;
    for await (const { text, endsDocument, read } of corpus.pieces(range)) {
      if (starts) await writer.write(begin);
      await writer.write(tokenizer.encode(text));
      if (endsDocument) await writer.write(end);
      bytes += Buffer.byteLength(text);
      documents += endsDocument ? 1 : 0;
      starts = endsDocument;
      progress(before + read);
    }
    before += range.end - range.start;
  }
  await writer.end({ bytes, documents });
}

async function contentHash({ path, start, end }: ByteRange, progress: (read: number) => void): Promise<Buffer> {
  const hash = createHash("sha256");
  let read = 0;
  for await (const chunk of createReadStream(path, { start, end: end - 1, highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer);
    progress((read += (chunk as Buffer).length));
  }
  return hash.digest();
}
