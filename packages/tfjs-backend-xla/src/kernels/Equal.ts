/** Equal: a == b. */
import { comparison } from "../lowering/elementwise-kernel.ts";

export const equal = comparison("Equal", "EQ");
