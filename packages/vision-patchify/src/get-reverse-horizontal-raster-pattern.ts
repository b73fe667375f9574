/** Column by column, backwards. */
import { defineFunction } from "@l3m/core";
import * as z from "zod";
import { columnOrder, gridSize, scanPattern } from "./scan-pattern.ts";

export const getReverseHorizontalRasterPattern = defineFunction({
  name: "get-reverse-horizontal-raster-pattern",
  summary: "Cells column by column, backwards; the name is that of ml-l3m.",
  aliases: ["l3m.helpers.vision.ar_patterns.get_reverse_horizontal_raster_pattern"],
  positional: ["grid_size"],
  options: z.strictObject({ grid_size: gridSize }),
  build: ({ grid_size }) => scanPattern(columnOrder(grid_size).reverse()),
});
