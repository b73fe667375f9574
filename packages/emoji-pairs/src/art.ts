/** All drawings at one image size, with the concepts that they show. S is the side of an image in pixels. */
import type { Concept } from "./concepts.ts";

/** What a drawing shows; both are indices. */
export interface DrawingKey {
  readonly concept: number;
  readonly style: number;
}

/** Drawings with their pixels. */
export class Art {
  /** S. */
  readonly size: number;
  readonly concepts: readonly Concept[];
  readonly drawings: readonly DrawingKey[];
  /** uint8 `[drawings, S, S, 3]`, RGB on white. */
  readonly pixels: Uint8Array;

  constructor(size: number, concepts: readonly Concept[], drawings: readonly DrawingKey[], pixels: Uint8Array) {
    this.size = size;
    this.concepts = concepts;
    this.drawings = drawings;
    this.pixels = pixels;
  }

  /** uint8 `[S, S, 3]` of one drawing; a view, not a copy. */
  pixelsOf(drawing: number): Uint8Array {
    const bytes = this.size * this.size * 3;
    return this.pixels.subarray(drawing * bytes, (drawing + 1) * bytes);
  }
}
