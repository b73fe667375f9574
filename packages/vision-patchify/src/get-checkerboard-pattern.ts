/** The two colours of a checkerboard, one after the other. */
import { defineFunction } from "@l3m/core";
import * as z from "zod";
import { gridSize, rasterOrder, scanPattern } from "./scan-pattern.ts";

export const getCheckerboardPattern = defineFunction({
  name: "get-checkerboard-pattern",
  summary: "Cells whose row and column are both even or both odd, then the others; each in raster order.",
  aliases: ["l3m.helpers.vision.ar_patterns.get_checkerboard_pattern"],
  positional: ["grid_size"],
  options: z.strictObject({ grid_size: gridSize }),
  build({ grid_size }) {
    const [, columns] = grid_size;
    const colour = (cell: number): number => (Math.floor(cell / columns) + (cell % columns)) % 2;
    const cells = rasterOrder(grid_size);
    return scanPattern([...cells.filter((cell) => colour(cell) === 0), ...cells.filter((cell) => colour(cell) === 1)]);
  },
});
