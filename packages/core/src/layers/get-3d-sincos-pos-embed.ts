/** The 3-D sine-cosine position table as a function that configs can call. */
import * as z from "zod";
import { defineFunction } from "../contract/definition.ts";
import { sincosTable3d } from "../nn/sincos-table.ts";

const size = z.int().positive();
const options = z.strictObject({
  embed_dim: z.int().positive().multipleOf(8).describe("D, width of the table."),
  grid_size: z.tuple([size, size, size]).describe("Frames, rows and columns."),
  cls_token: z.boolean().default(false).describe("Puts a row of zeros first."),
});

export const get3dSincosPosEmbed = defineFunction({
  name: "get-3d-sincos-pos-embed",
  summary: "Fixed positions of a 3-D grid: [frames * rows * columns (+ 1), D].",
  aliases: ["l3m.model.preprocessors.pos_embed.sinusoidal.get_3d_sincos_pos_embed"],
  positional: ["embed_dim", "grid_size", "cls_token"],
  options,
  build({ embed_dim, grid_size, cls_token }) {
    const cells = grid_size[0] * grid_size[1] * grid_size[2];
    return {
      call: () => ({
        data: sincosTable3d(embed_dim, grid_size, cls_token),
        shape: [cells + (cls_token ? 1 : 0), embed_dim],
      }),
    };
  },
});
