/** `crop_table`: the parts of images that random resized crops take, on torch's stream. */
import { drawCropBox, TorchMt19937 } from "@l3m/data";
import { Comparison, EXACT } from "../comparison.ts";
import type { Handler } from "../handler.ts";

type Range = readonly [number, number];

export const cropTable: Handler = {
  builds: () => [],
  run({ fields }) {
    const comparison = new Comparison();
    const [height, width] = [fields["height"] as number, fields["width"] as number];
    for (const [i, row] of (fields["table"] as readonly Readonly<Record<string, number>>[]).entries()) {
      const { seed = 0, ...expected } = row;
      const rng = new TorchMt19937(seed);
      const box = drawCropBox(height, width, fields["scale"] as Range, fields["ratio"] as Range, rng);
      comparison.value(`table.${i}`, box, expected, EXACT);
    }
    return comparison;
  },
};
