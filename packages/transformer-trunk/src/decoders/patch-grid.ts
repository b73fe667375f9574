/** The patches of the image that a decoder predicts. */
import { type BuildContext, L3mError } from "@l3m/core";

/**
 * Whole patches per axis.
 *
 * @throws L3M_BAD_OPTION when not even one fits
 */
export function patchGrid(
  context: BuildContext,
  image: number | readonly [height: number, width: number],
  patch: number,
): [rows: number, columns: number] {
  const [height, width] = typeof image === "number" ? [image, image] : image;
  if (patch <= Math.min(height, width)) return [Math.floor(height / patch), Math.floor(width / patch)];
  throw new L3mError("L3M_BAD_OPTION", {
    message: "A patch is larger than the image.",
    where: { path: `${context.where}.patch_size` },
    expected: `at most image_size = ${Math.min(height, width)}`,
    got: `${patch}`,
    fix: "Set image_size and patch_size to those of the patch embedding.",
  });
}
