/** NotEqual: a != b. */
import { comparison } from "../lowering/elementwise-kernel.ts";

export const notEqual = comparison("NotEqual", "NE");
