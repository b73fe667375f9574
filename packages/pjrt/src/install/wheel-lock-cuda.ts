import type { LockedEngine } from "./wheel-lock.ts";
export const CUDA_WHEELS: readonly LockedEngine[] = [];
