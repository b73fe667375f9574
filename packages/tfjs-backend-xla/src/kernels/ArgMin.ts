/** ArgMin: the first index of the smallest value along an axis. */
import { argExtreme } from "../lowering/arg-kernel.ts";

export const argMin = argExtreme("ArgMin", "LT");
