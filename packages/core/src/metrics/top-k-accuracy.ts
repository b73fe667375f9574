/** Top-k accuracy, for metrics that differ in where the scores of the classes come from. B batch, C classes. */
import { formatShape, invariant, L3mError } from "@l3m/errors";
import type { HostArray, Metric } from "../contract/products.ts";

export interface TopKOptions {
  /** DataDict key that the scores are made of. */
  readonly readKey: string;
  /** DataDict key of the classes. */
  readonly targetReadKey: string;
  /** Depths; above C they count as C. */
  readonly topk: readonly number[];
  /** A regular expression that the names of maps inside the DataDict begin with: one accuracy for each of them. */
  readonly hparamPattern: string | null;
  /** Results are `<prefix>_<k>`, or `<name of the map>_<prefix>_<k>`. */
  readonly prefix: string;
  /** Dotted path of the metric in the config, for errors. */
  readonly where: string;
  /** Scores `[B, C]` from what stands under `readKey`; default: it is the scores. `prepared` is what {@link Metric.start} got. */
  readonly toScores?: (values: HostArray, prepared: HostArray | undefined) => HostArray;
}

/**
 * Percentage of samples whose class is among the k with the highest scores. Of equal scores the class with the lower index comes
 * first. Classes are int32 `[B]`, or rows `[B, C]` whose largest entry is the class (one-hot, smoothed or mixed labels).
 *
 * @throws L3M_BAD_OPTION for a pattern that is no regular expression
 */
export function topKAccuracy(options: TopKOptions): Metric {
  const { readKey, targetReadKey, topk, prefix, toScores = (values) => values } = options;
  const pattern = options.hparamPattern === null ? undefined : startPattern(options.hparamPattern, options.where);
  const keys = [readKey, targetReadKey];
  return {
    reads: pattern === undefined ? keys : [],
    ...(pattern === undefined ? {} : { readsWithin: { pattern, keys } }),
    start(prepared) {
      const ranks = new Map<string, number[]>();
      return {
        update(batch) {
          for (const map of pattern === undefined ? [""] : mapsOf(batch, readKey, pattern)) {
            const values = batch[map + readKey];
            const target = batch[map + targetReadKey];
            invariant(values !== undefined && target !== undefined, "a metric gets the keys that it reads");
            const own = ranks.get(map) ?? [];
            own.push(...ranksOfTarget(toScores(values, prepared), target, options.where));
            ranks.set(map, own);
          }
        },
        result: () =>
          Object.fromEntries(
            [...ranks].flatMap(([map, own]) =>
              topk.map((k) => [
                `${map === "" ? "" : `${map.slice(0, -1)}_`}${prefix}_${k}`,
                (100 * own.filter((rank) => rank < k).length) / own.length,
              ]),
            ),
          ),
      };
    },
  };
}

/** Names of the maps, each with the dot that separates it from its keys. */
function mapsOf(batch: Readonly<Record<string, HostArray>>, key: string, pattern: RegExp): string[] {
  const names = Object.keys(batch).filter((name) => name.endsWith(`.${key}`));
  return names.map((name) => name.slice(0, -key.length)).filter((map) => pattern.test(map.slice(0, -1)));
}

/** A pattern anchored at the left, as Python's `re.match`. */
function startPattern(pattern: string, where: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})`);
  } catch (cause) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "hparam_pattern is no regular expression.",
      where: { path: `${where}.hparam_pattern` },
      expected: "a pattern that names of maps begin with, such as HP_",
      got: pattern,
      cause,
      fix: "Correct it.",
    });
  }
}

/** For every sample, how many classes come before its own; infinity for a class below 0 or from C on. */
function ranksOfTarget(scores_BC: HostArray, target: HostArray, where: string): number[] {
  const [B = 0, C = 0] = scores_BC.shape;
  const isRows = target.shape.length === 2 && target.shape[1] === C;
  if (scores_BC.shape.length !== 2 || target.shape[0] !== B || !(isRows || target.shape.length === 1)) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Scores and classes do not line up.",
      where: { path: where },
      expected: "scores [B, C] and classes [B] or [B, C]",
      got: `scores ${formatShape(scores_BC.shape)} and classes ${formatShape(target.shape)}`,
      fix: "Check the keys of the metric.",
    });
  }
  return Array.from({ length: B }, (_, b) => {
    const scores = scores_BC.data.subarray(b * C, (b + 1) * C);
    const own = isRows ? argmax(target.data.subarray(b * C, (b + 1) * C)) : (target.data[b] as number);
    const score = scores[own];
    if (score === undefined) return Infinity; // a class that has no score is never among the k
    let rank = 0;
    for (const [c, other] of scores.entries()) {
      const before = other === score ? c < own : !(other < score); // NaN counts against the model
      if (c !== own && before) rank++;
    }
    return rank;
  });
}

function argmax(row: HostArray["data"]): number {
  let best = 0;
  for (let c = 1; c < row.length; c++) if ((row[c] as number) > (row[best] as number)) best = c;
  return best;
}
