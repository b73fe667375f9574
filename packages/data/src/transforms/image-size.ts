/** The `size` option of transforms: one number for a square, or `[height, width]`. */
import { z } from "zod";

const side = z.int().positive();

/** Schema of the option. */
export const sizeSchema = z
  .union([side, z.tuple([side, side])])
  .describe("Side of a square, or [height, width], in pixels.");

/** `[height, width]` of a `size` option. */
export function heightAndWidth(size: number | readonly [number, number]): readonly [height: number, width: number] {
  return typeof size === "number" ? [size, size] : size;
}
