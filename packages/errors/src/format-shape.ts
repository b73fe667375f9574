/** How shapes are written in every message: `f32[8,197,768]`. */

export function formatShape(shape: readonly (number | string)[], dtype = ""): string {
  return `${dtype}[${shape.join(",")}]`;
}
