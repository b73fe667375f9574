/**
 * Where assignments stand when they are sorted by expert. S assignments, E experts, P rows of the sorted layout, in Q blocks of
 * R rows (P = Q R): a block belongs to one expert, so the products of all experts are one batched product, and all sizes are
 * static whatever the router chose.
 */
import * as tf from "@l3m/core/tf";
import { iota } from "@l3m/core/nn";
import { isClass } from "./one-hot.ts";

type Tensor = tf.Tensor;

export interface ExpertLayout {
  /** R. */
  readonly rowsPerBlock: number;
  /** Expert of each block, int32 `[Q]`. */
  readonly expertOfBlock: Tensor;
  /** Assignment that stands in each row, int32 `[P]`. Rows that are left over repeat assignment 0; nobody reads their results. */
  readonly assignmentOfRow: Tensor;
  /** Row of each assignment, int32 `[S]`; 0 for one that was dropped. */
  readonly rowOfAssignment: Tensor;
  /** 1 for each assignment that has a row and 0 for a dropped one, float32 `[S]`; undefined when all have one. */
  readonly kept: Tensor | undefined;
}

/** At most this share of the dropless layout's rows is left over, counted in assignments: 1 / 4. */
const BLOCKS_PER_EXPERT = 4;
/** What matrix units like blocks to be a multiple of, once they are that large. */
const TILE = 128;

/**
 * A row for every assignment, at any load. An expert takes as many whole blocks as it needs; there are enough blocks for the
 * worst case, since only the last block of an expert is partly empty. With blocks of about S / (4 E) rows the products do at
 * most a quarter more work than the assignments need, and each expert's weights are read by 1 to 4 E blocks.
 *
 * @param experts_S expert of each assignment, int32 `[S]`
 * @param E number of experts
 */
export function droplessLayout(experts_S: Tensor, E: number): ExpertLayout {
  const S = experts_S.size;
  const R = blockRows(S, E);
  const Q = Math.floor((S + Math.min(E, S) * (R - 1)) / R);
  const { rank, counts } = ranks(experts_S, E);
  const blocks = tf.floorDiv(tf.add(counts, tf.scalar(R - 1, "int32")), tf.scalar(R, "int32"));
  const end_E = tf.cumsum(blocks); // first block after each expert
  const start = tf.mul(tf.sub(end_E, blocks), tf.scalar(R, "int32"));
  const rowOfAssignment = tf.add(tf.gather(start, experts_S), rank);
  const passed = tf.greaterEqual(tf.expandDims(iota([Q]), 1), tf.expandDims(end_E, 0));
  const expertOfBlock = tf.minimum(tf.sum(tf.cast(passed, "int32"), 1), tf.scalar(E - 1, "int32"));
  return {
    rowsPerBlock: R,
    expertOfBlock,
    assignmentOfRow: inverse(rowOfAssignment, Q * R),
    rowOfAssignment,
    kept: undefined,
  };
}

/**
 * One block of `capacity` rows per expert: the first assignments of an expert get them, in order, and the rest are dropped
 * (Lepikhin et al. 2020).
 */
export function capacityLayout(experts_S: Tensor, E: number, capacity: number): ExpertLayout {
  const { rank } = ranks(experts_S, E);
  const fits = tf.less(rank, tf.scalar(capacity, "int32"));
  const row = tf.add(tf.mul(experts_S, tf.scalar(capacity, "int32")), rank);
  const P = E * capacity;
  return {
    rowsPerBlock: capacity,
    expertOfBlock: iota([E]),
    assignmentOfRow: inverse(tf.where(fits, row, tf.fill([experts_S.size], P, "int32")), P),
    rowOfAssignment: tf.where(fits, row, tf.zerosLike(row)),
    kept: tf.cast(fits, "float32"),
  };
}

/** Position of each assignment among those of its expert, int32 `[S]`, and assignments per expert, int32 `[E]`. */
function ranks(experts_S: Tensor, E: number): { rank: Tensor; counts: Tensor } {
  const ones_SE = tf.cast(isClass(experts_S, E), "int32");
  const before_SE = tf.cumsum(ones_SE, 0, true);
  return { rank: tf.sum(tf.mul(before_SE, ones_SE), 1), counts: tf.sum(ones_SE, 0) };
}

/** The assignment in each of P rows. Assignments with row P have none. */
function inverse(rowOfAssignment_S: Tensor, P: number): Tensor {
  const S = rowOfAssignment_S.size;
  return tf.slice(tf.scatterND(tf.expandDims(rowOfAssignment_S, 1), iota([S]), [P + 1]), [0], [P]);
}

function blockRows(S: number, E: number): number {
  if (E === 1) return S;
  const rows = Math.ceil(S / (BLOCKS_PER_EXPERT * E));
  return rows < TILE ? rows : Math.ceil(rows / TILE) * TILE;
}
