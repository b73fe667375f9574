/** How attention lies on a mesh: batch and heads are independent, so devices share them without talking. */
import { type Mesh } from "@l3m/stablehlo";

/** Mesh axes with a meaning of their own, in the names of @l3m/fsdp-mesh; all others split the batch. */
const HEAD_AXIS = "tp";
const SEQUENCE_AXIS = "cp";

export interface AttentionShards {
  readonly mesh: Mesh;
  /** Axes that split the batch. */
  readonly batch: readonly string[];
  /** Axes that split query heads and key/value heads alike. */
  readonly heads: readonly string[];
}

/** The split, or why there is none. */
export function attentionShards(mesh: Mesh, B: number, H: number, G: number): AttentionShards | string {
  const used = mesh.axes.filter(({ size }) => size > 1);
  if (used.some(({ name }) => name === SEQUENCE_AXIS)) return `the mesh splits sequences (axis ${SEQUENCE_AXIS})`;
  const batch = used.filter(({ name }) => name !== HEAD_AXIS);
  const parts = batch.reduce((product, { size }) => product * size, 1);
  if (B % parts !== 0) return `a batch of ${B} does not divide over ${parts} devices`;
  const heads = used.filter(({ name, size }) => name === HEAD_AXIS && H % size === 0 && G % size === 0);
  return { mesh, batch: batch.map(({ name }) => name), heads: heads.map(({ name }) => name) };
}
