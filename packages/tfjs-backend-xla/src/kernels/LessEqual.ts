/** LessEqual: a <= b. */
import { comparison } from "../lowering/elementwise-kernel.ts";

export const lessEqual = comparison("LessEqual", "LE");
