/** Masks of the patches of one image. N patches. */
import type { TensorField } from "../tensor-field.ts";

/** A mask `[N]` of bytes that is 1 where `isHidden`. */
export function patchMask(numPatches: number, isHidden: (patch: number) => boolean): TensorField {
  return { data: Uint8Array.from({ length: numPatches }, (_, patch) => Number(isHidden(patch))), shape: [numPatches] };
}

/** How many of N patches stay visible: a fraction of one is hidden. In doubles, so 100 patches with ratio 0.9 leave 9. */
export function visiblePatches(numPatches: number, maskingRatio: number): number {
  return Math.trunc(numPatches * (1 - maskingRatio));
}
