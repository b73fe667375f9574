/** Any order that the user has drawn once. */
import { defineFunction, L3mError } from "@l3m/core";
import * as z from "zod";
import { gridSize, scanPattern } from "./scan-pattern.ts";

export const getFixedRandomPattern = defineFunction({
  name: "get-fixed-random-pattern",
  summary: "Cells in a given order. ml-l3m has a table for 196 and one for 256 cells; give yours as permutation.",
  aliases: ["l3m.helpers.vision.ar_patterns.get_fixed_random_pattern"],
  positional: ["grid_size"],
  options: z.strictObject({
    grid_size: gridSize,
    permutation: z.array(z.int().nonnegative()).describe("Every raster index once, in the order of the visits."),
  }),
  build({ grid_size: [rows, columns], permutation }, { where }) {
    const cells = rows * columns;
    const isPermutation =
      permutation.length === cells && new Set(permutation).size === cells && permutation.every((cell) => cell < cells);
    if (isPermutation) return scanPattern(permutation);
    throw new L3mError("L3M_BAD_OPTION", {
      message: "The order does not visit every cell of the grid once.",
      where: { path: `${where}.permutation` },
      expected: `a permutation of 0 to ${cells - 1}`,
      got: `${permutation.length} indices, ${new Set(permutation).size} of them different`,
      fix: "List every raster index of the grid once.",
    });
  },
});
