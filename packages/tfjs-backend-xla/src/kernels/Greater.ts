/** Greater: a > b. */
import { comparison } from "../lowering/elementwise-kernel.ts";

export const greater = comparison("Greater", "GT");
