/** Language-model data: a stream of tokens cut into windows. N tokens are predicted in a window, which has N + 1. */
import type { Sample, SampleRng, Tokenizer } from "@l3m/core";
import { invariant, L3mError } from "@l3m/errors";
import type { PreparableDataset, PrepareProgress } from "../datasets/prepare-dataset.ts";
import type { TextCorpus } from "./text-corpus.ts";
import type { TokenStore } from "./token-store.ts";
import { tokeniseCorpus } from "./tokenise-corpus.ts";

/** The label of a position that counts in no loss. */
export const IGNORED_LABEL = -100;

/** How the stream becomes samples. */
export interface PackedTextOptions {
  readonly corpus: TextCorpus;
  readonly tokenizer: Tokenizer;
  /** N. */
  readonly contextLength: number;
  /** The last, shorter window: filled up with {@link IGNORED_LABEL}s (default), or left out. */
  readonly tail?: "pad" | "drop";
  /** Start every window up to N - 1 tokens later, drawn anew each time. Default false. */
  readonly randomOffset?: boolean;
  /** Also give `position_ids` and `document_mask`. Default false. */
  readonly documentIds?: boolean;
}

/**
 * Samples `{ text, labels, bytes }`: int32 `[N + 1]` ids, the same with {@link IGNORED_LABEL} on padding, and int32 `[]`, the
 * bytes of text that the window predicts. Window i holds tokens i N to i N + N, so that one pass predicts every token but the
 * first (which is a separator where the tokenizer has one) once. Bytes are shared out evenly over the tokens: their sum over
 * all windows is exact.
 *
 * With `documentIds` also int32 `[N + 1]` `position_ids`, which count from 0 in every document, and `document_mask`, the
 * number of the document in the window.
 */
export class PackedText implements PreparableDataset {
  readonly #options: PackedTextOptions;
  #store: TokenStore | undefined;

  constructor(options: PackedTextOptions) {
    this.#options = options;
  }

  /** Tokenises the corpus, or finds its tokens in the cache. Throws `L3M_BAD_OPTION` if there is not one window. */
  async prepare(progress?: PrepareProgress): Promise<void> {
    if (this.#store !== undefined) return;
    const { corpus, tokenizer, contextLength } = this.#options;
    this.#store = await tokeniseCorpus(corpus, tokenizer, progress);
    if (this.length > 0) return;
    throw new L3mError("L3M_BAD_OPTION", {
      message: "The text is too short for one window.",
      expected: `at least ${contextLength + 1} tokens`,
      got: `${this.#store.counts.tokens}`,
      fix: "Add text, make context_length smaller, or set tail: pad.",
    });
  }

  get length(): number {
    const { contextLength: N, tail = "pad" } = this.#options;
    const windows = (this.#loaded().counts.tokens - 1) / N;
    return Math.max(0, tail === "pad" ? Math.ceil(windows) : Math.floor(windows));
  }

  get(index: number, rng: SampleRng): Sample {
    const { contextLength: N, tokenizer, randomOffset = false, documentIds = false } = this.#options;
    const store = this.#loaded();
    const { tokens } = store.counts;
    invariant(index >= 0 && index < this.length, `the dataset has no item ${index}`);
    const offset = randomOffset ? rng.fork("offset").below(N) : 0;
    const start = randomOffset ? Math.max(0, Math.min(index * N + offset, tokens - 1 - N)) : index * N;
    const ids = store.read(start, Math.min(N + 1, tokens - start));
    const text = new Int32Array(N + 1).fill(tokenizer.padId ?? tokenizer.eosId ?? 0);
    const labels = new Int32Array(N + 1).fill(IGNORED_LABEL);
    text.set(ids);
    labels.set(ids);
    const bytes = Int32Array.of(this.#bytesBefore(start + ids.length - 1) - this.#bytesBefore(start));
    const shape = [N + 1];
    return {
      text: { data: text, shape },
      labels: { data: labels, shape },
      bytes: { data: bytes, shape: [] },
      ...(documentIds ? documentFields(text, tokenizer) : {}),
    };
  }

  /** Bytes of the first `predicted` tokens that are predicted. */
  #bytesBefore(predicted: number): number {
    const { tokenizer } = this.#options;
    const { tokens, bytes } = this.#loaded().counts;
    const separated = tokenizer.bosId !== undefined || tokenizer.eosId !== undefined;
    return Math.floor((predicted * bytes) / (separated ? tokens - 1 : tokens));
  }

  #loaded(): TokenStore {
    invariant(this.#store !== undefined, "the dataset was used before prepare()");
    return this.#store;
  }
}

/** Positions and document numbers of a window, from the separators in it. */
function documentFields(ids: Int32Array, { bosId, eosId }: Tokenizer): Sample {
  const positions = new Int32Array(ids.length);
  const documents = new Int32Array(ids.length);
  for (let i = 1; i < ids.length; i++) {
    const starts = bosId === undefined ? ids[i - 1] === eosId : ids[i] === bosId;
    positions[i] = starts ? 0 : (positions[i - 1] ?? 0) + 1;
    documents[i] = (documents[i - 1] ?? 0) + (starts ? 1 : 0);
  }
  const shape = [ids.length];
  return { position_ids: { data: positions, shape }, document_mask: { data: documents, shape } };
}
