import { L3mError } from "@l3m/core";

/** @throws L3M_BAD_SHAPE unless something is left of `length` positions when they predict what stands `offset` later */
export function checkOffset(offset: number, length: number): void {
  if (offset < length) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "No prediction has a target: block_size looks past the end.",
    expected: `more than block_size = ${offset} positions`,
    got: `${length}`,
    fix: "Lower block_size, or check the sequences.",
  });
}
