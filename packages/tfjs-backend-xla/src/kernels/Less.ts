/** Less: a < b. */
import { comparison } from "../lowering/elementwise-kernel.ts";

export const less = comparison("Less", "LT");
