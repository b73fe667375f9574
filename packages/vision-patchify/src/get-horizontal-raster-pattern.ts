/** Column by column. */
import { defineFunction } from "@l3m/core";
import * as z from "zod";
import { columnOrder, gridSize, scanPattern } from "./scan-pattern.ts";

export const getHorizontalRasterPattern = defineFunction({
  name: "get-horizontal-raster-pattern",
  summary: "Cells column by column, each from the top; the name is that of ml-l3m.",
  aliases: ["l3m.helpers.vision.ar_patterns.get_horizontal_raster_pattern"],
  positional: ["grid_size"],
  options: z.strictObject({ grid_size: gridSize }),
  build: ({ grid_size }) => scanPattern(columnOrder(grid_size)),
});
