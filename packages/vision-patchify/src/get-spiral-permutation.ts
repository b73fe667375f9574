/** A spiral from the middle of a grid outwards. */
import { defineFunction } from "@l3m/core";
import * as z from "zod";
import { gridSize, scanPattern } from "./scan-pattern.ts";

export const getSpiralPermutation = defineFunction({
  name: "get-spiral-permutation",
  summary: "Cells along a spiral that begins in the middle and ends in the top left corner.",
  aliases: ["l3m.helpers.vision.ar_patterns.get_spiral_permutation"],
  positional: ["grid_size"],
  options: z.strictObject({ grid_size: gridSize }),
  build: ({ grid_size }) => scanPattern(inwards(grid_size).reverse()),
});

/** From the top left corner down the first column, then along the other three sides, and so on inwards. */
function inwards([rows, columns]: readonly [number, number]): number[] {
  const cells: number[] = [];
  for (let ring = 0; 2 * ring < Math.min(rows, columns); ring++) {
    const [top, left, bottom, right] = [ring, ring, rows - 1 - ring, columns - 1 - ring];
    const visit = (row: number, column: number): void => void cells.push(row * columns + column);
    for (let row = top; row <= bottom; row++) visit(row, left);
    for (let column = left + 1; column <= right; column++) visit(bottom, column);
    if (right > left) for (let row = bottom - 1; row >= top; row--) visit(row, right);
    if (bottom > top) for (let column = right - 1; column > left; column--) visit(top, column);
  }
  return cells;
}
