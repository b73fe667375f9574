/** Fixed sine-cosine position tables (Vaswani et al. 2017, per axis as in MAE, He et al. 2022). D width of the table. */
import { invariant } from "@l3m/errors";

/**
 * Positions of a grid, row-major `[rows * columns (+ 1), D]`: cells in raster order, the first D/2 entries encode the column,
 * the last D/2 the row. `cls` puts a row of zeros first. D must be divisible by 4.
 */
export function sincosTable2d(D: number, grid: readonly [rows: number, columns: number], cls = false): Float32Array {
  invariant(D % 4 === 0, `the width of a 2-D position table must be divisible by 4, got ${D}`);
  const [rows, columns] = grid;
  const table = new Float32Array((rows * columns + (cls ? 1 : 0)) * D);
  let at = cls ? D : 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      writeSincos(table, at, D / 2, column);
      writeSincos(table, at + D / 2, D / 2, row);
      at += D;
    }
  }
  return table;
}

/**
 * Positions of a grid of frames, row-major `[frames * rows * columns (+ 1), D]`: frames slowest, D/2 entries for the frame,
 * then D/4 for the row and D/4 for the column. `cls` puts a row of zeros first. D must be divisible by 8.
 */
export function sincosTable3d(
  D: number,
  grid: readonly [frames: number, rows: number, columns: number],
  cls = false,
): Float32Array {
  invariant(D % 8 === 0, `the width of a 3-D position table must be divisible by 8, got ${D}`);
  const [frames, rows, columns] = grid;
  const table = new Float32Array((frames * rows * columns + (cls ? 1 : 0)) * D);
  let at = cls ? D : 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        writeSincos(table, at, D / 2, frame);
        writeSincos(table, at + D / 2, D / 4, row);
        writeSincos(table, at + (3 * D) / 4, D / 4, column);
        at += D;
      }
    }
  }
  return table;
}

/** `sin(t w_j)` for all j, then `cos(t w_j)`, with `w_j = 10000^(-j / (width/2))`; angles in single precision as in ml-l3m. */
function writeSincos(table: Float32Array, at: number, width: number, position: number): void {
  const half = width / 2;
  for (let j = 0; j < half; j++) {
    const frequency = Math.fround(1 / Math.fround(10000 ** Math.fround(j / half)));
    const angle = Math.fround(position * frequency);
    table[at + j] = Math.sin(angle);
    table[at + half + j] = Math.cos(angle);
  }
}
