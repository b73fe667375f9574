/** The 2-D sine-cosine position table as a function that configs can call. */
import * as z from "zod";
import { defineFunction } from "../contract/definition.ts";
import { sincosTable2d } from "../nn/sincos-table.ts";

const size = z.int().positive();
const options = z.strictObject({
  embed_dim: z.int().positive().multipleOf(4).describe("D, width of the table."),
  grid_size: z
    .union([size, z.tuple([size, size])], "a positive number, or [rows, columns]")
    .describe("Rows and columns; one number for a square."),
  cls_token: z.boolean().default(false).describe("Puts a row of zeros first."),
});

export const get2dSincosPosEmbed = defineFunction({
  name: "get-2d-sincos-pos-embed",
  summary: "Fixed positions of a 2-D grid: [rows * columns (+ 1), D].",
  aliases: ["l3m.model.preprocessors.pos_embed.sinusoidal.get_2d_sincos_pos_embed"],
  positional: ["embed_dim", "grid_size", "cls_token"],
  options,
  build({ embed_dim, grid_size, cls_token }) {
    const [rows, columns] = typeof grid_size === "number" ? [grid_size, grid_size] : grid_size;
    return {
      call: () => ({
        data: sincosTable2d(embed_dim, [rows, columns], cls_token),
        shape: [rows * columns + (cls_token ? 1 : 0), embed_dim],
      }),
    };
  },
});
