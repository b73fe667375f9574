/**
 * Training of a byte-level BPE vocabulary: count words, then merge the most frequent adjacent pair again and again.
 * Ties go to the pair with the smaller ids. The merges equal those of Hugging Face's `BpeTrainer`, whose lazily updated
 * priority queue this follows (tokenizers/src/models/bpe/trainer.rs).
 */
import { L3mError } from "@l3m/errors";
import { BYTE_CHARACTERS, textToByteCharacters } from "./byte-alphabet.ts";
import { pairKey, splitPairKey } from "./merge-word.ts";
import { MergeQueue } from "./merge-queue.ts";
import { preTokenize } from "./pre-tokenize.ts";
import type { BpeVocabulary } from "./tokenizer-file.ts";

/** What to train. */
export interface TrainBpeOptions {
  /** Size of the vocabulary: special tokens, 256 bytes and merges. At least 256 plus the special tokens. */
  readonly vocabSize: number;
  /** Get the first ids, in this order. Default: `<pad>` = 0, `<eos>` = 1. */
  readonly specialTokens?: readonly string[];
  /** Default true. */
  readonly addPrefixSpace?: boolean;
}

interface Word {
  symbols: number[];
  readonly count: number;
}

/** The vocabulary of a corpus. The result depends on the multiset of texts only. Throws `L3M_BAD_OPTION` for a vocabulary that is too small. */
export function trainBpe(texts: Iterable<string>, options: TrainBpeOptions): BpeVocabulary {
  const specialTokens = options.specialTokens ?? ["<pad>", "<eos>"];
  const addPrefixSpace = options.addPrefixSpace ?? true;
  const alphabet = [...BYTE_CHARACTERS].sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0));
  const tokens = [...specialTokens, ...alphabet];
  if (!Number.isInteger(options.vocabSize) || options.vocabSize < tokens.length) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "The vocabulary cannot hold the bytes and the special tokens.",
      expected: `an integer of at least ${tokens.length}`,
      got: String(options.vocabSize),
    });
  }
  const vocab = new Map(tokens.map((token, id) => [token, id]));
  const words = countWords(texts, addPrefixSpace, vocab);
  const merges: [string, string][] = [];

  const pairCounts = new Map<number, number>();
  const fresh = new Map<number, Set<number>>(); // pairs that appeared or grew, with the words that hold them
  words.forEach((word, at) => {
    for (let i = 0; i + 1 < word.symbols.length; i++) {
      const key = pairKey(word.symbols[i] ?? 0, word.symbols[i + 1] ?? 0);
      addTo(pairCounts, key, word.count);
      wordsOf(fresh, key).add(at);
    }
  });
  const queue = new MergeQueue();
  const enqueueFresh = (): void => {
    for (const [key, positions] of fresh) {
      const count = pairCounts.get(key) ?? 0;
      if (count > 0) queue.push({ key, count, positions });
    }
    fresh.clear();
  };
  enqueueFresh();

  while (tokens.length < options.vocabSize) {
    const top = queue.pop();
    if (top === undefined) break;
    const count = pairCounts.get(top.key) ?? 0;
    if (count !== top.count) {
      queue.push({ ...top, count });
      continue;
    }
    if (count < 1) break;
    const [left, right] = splitPairKey(top.key);
    const token = (tokens[left] ?? "") + (tokens[right] ?? "");
    const id = vocab.get(token) ?? tokens.length;
    if (id === tokens.length) {
      tokens.push(token);
      vocab.set(token, id);
    }
    merges.push([tokens[left] ?? "", tokens[right] ?? ""]);
    for (const at of top.positions) {
      const word = words[at];
      if (word === undefined) continue;
      mergeInWord(word, left, right, id, (key, sign) => {
        addTo(pairCounts, key, sign * word.count);
        if (sign > 0) wordsOf(fresh, key).add(at);
      });
    }
    enqueueFresh();
  }
  return { vocab, merges, specialTokens, addPrefixSpace };
}

/** Replaces each `left right` in a word by `id` and reports which pairs vanished (-1) and appeared (+1) beside it. */
function mergeInWord(
  word: Word,
  left: number,
  right: number,
  id: number,
  change: (key: number, sign: 1 | -1) => void,
): void {
  const symbols = word.symbols;
  for (let i = 0; i + 1 < symbols.length; i++) {
    if (symbols[i] !== left || symbols[i + 1] !== right) continue;
    const before = symbols[i - 1];
    if (before !== undefined) {
      change(pairKey(before, left), -1);
      change(pairKey(before, id), 1);
    }
    symbols.splice(i, 2, id);
    const after = symbols[i + 1];
    if (after !== undefined) {
      change(pairKey(right, after), -1);
      change(pairKey(id, after), 1);
    }
  }
}

function countWords(texts: Iterable<string>, addPrefixSpace: boolean, vocab: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of preTokenize(text, { addPrefixSpace })) addTo(counts, word, 1);
  }
  return [...counts].map(([word, count]) => ({
    count,
    symbols: Array.from(textToByteCharacters(word), (character) => vocab.get(character) ?? 0),
  }));
}

function addTo<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function wordsOf(fresh: Map<number, Set<number>>, key: number): Set<number> {
  let positions = fresh.get(key);
  if (positions === undefined) fresh.set(key, (positions = new Set()));
  return positions;
}
