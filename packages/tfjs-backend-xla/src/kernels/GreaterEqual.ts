/** GreaterEqual: a >= b. */
import { comparison } from "../lowering/elementwise-kernel.ts";

export const greaterEqual = comparison("GreaterEqual", "GE");
