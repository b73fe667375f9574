/** Raster order backwards. */
import { defineFunction } from "@l3m/core";
import * as z from "zod";
import { gridSize, rasterOrder, scanPattern } from "./scan-pattern.ts";

export const getReverseRasterPattern = defineFunction({
  name: "get-reverse-raster-pattern",
  summary: "Cells from the last to the first.",
  aliases: ["l3m.helpers.vision.ar_patterns.get_reverse_raster_pattern"],
  positional: ["grid_size"],
  options: z.strictObject({ grid_size: gridSize }),
  build: ({ grid_size }) => scanPattern(rasterOrder(grid_size).reverse()),
});
