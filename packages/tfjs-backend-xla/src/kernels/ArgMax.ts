/** ArgMax: the first index of the largest value along an axis. */
import { argExtreme } from "../lowering/arg-kernel.ts";

export const argMax = argExtreme("ArgMax", "GT");
