/** Options of stand-ins, which take whatever a case gives them. */
import type { OptionSchema } from "@l3m/core";

/** Accepts everything. */
export const ANY_OPTIONS: OptionSchema = {
  "~standard": { version: 1, vendor: "l3m-goldens", validate: (value) => ({ value }) },
};
