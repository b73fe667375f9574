/** Orders in which the cells of a grid are visited. R rows, C columns. */
import type { HostArray, PlainFunction } from "@l3m/core";
import * as z from "zod";

const size = z.int().positive();

/** The option `grid_size`. */
export const gridSize = z.tuple([size, size]).describe("Rows and columns of the grid.");

/** The visit order, int32 `[R * C]` (entry i is the raster index visited i-th), and its inverse. */
export function scanPattern(permutation: readonly number[]): PlainFunction {
  const inverse = new Int32Array(permutation.length);
  permutation.forEach((cell, i) => (inverse[cell] = i));
  const order: readonly HostArray[] = [
    { data: Int32Array.from(permutation), shape: [permutation.length] },
    { data: inverse, shape: [permutation.length] },
  ];
  return { call: () => order };
}

/** Raster indices of a grid, row by row. */
export function rasterOrder([rows, columns]: readonly [number, number]): number[] {
  return Array.from({ length: rows * columns }, (_, cell) => cell);
}

/** Raster indices of a grid, column by column. */
export function columnOrder([rows, columns]: readonly [number, number]): number[] {
  return Array.from({ length: rows * columns }, (_, i) => (i % rows) * columns + Math.floor(i / rows));
}
