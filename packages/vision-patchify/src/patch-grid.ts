/** Sizes of an image cut into patches. */
import * as z from "zod";

const size = z.int().positive();

/** One number for a square, or height and width. */
export const extent = z.union([size, z.tuple([size, size])], "a positive number, or [height, width]");

/** Height and width of an {@link extent}. */
export function heightWidth(value: z.infer<typeof extent>): [height: number, width: number] {
  return typeof value === "number" ? [value, value] : value;
}

/** Whole patches per axis; what does not fill a patch is left out. */
export function patchGrid(
  image: readonly [number, number],
  patch: readonly [number, number],
): [rows: number, columns: number] {
  return [Math.floor(image[0] / patch[0]), Math.floor(image[1] / patch[1])];
}
