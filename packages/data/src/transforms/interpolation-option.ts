/** The `interpolation` option of transforms, by name or by Pillow's number. */
import { z } from "zod";
import { INTERPOLATIONS, type Interpolation } from "../images/resample-filters.ts";

/** Numbers of Pillow's `Image.Resampling`, which torchvision takes too. */
const BY_NUMBER = { 1: "lanczos", 2: "bilinear", 3: "bicubic" } as const satisfies Record<number, Interpolation>;

/** Schema of the option; gives a name. */
export const interpolationOption = z
  .union([z.enum(INTERPOLATIONS), z.literal([1, 2, 3])])
  .default("bilinear")
  .transform((given): Interpolation => (typeof given === "number" ? BY_NUMBER[given] : given))
  .describe("bilinear, bicubic or lanczos; or Pillow's number for it: 2, 3 or 1.");
