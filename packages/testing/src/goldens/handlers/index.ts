/** Every handler by name: those that run, and those whose subject does not exist yet. */
import type { Handler } from "../handler.ts";
import { args } from "./args.ts";
import { criterion } from "./criterion.ts";
import { dataDict } from "./data-dict.ts";
import { plainFunction } from "./function.ts";

export const HANDLERS: Readonly<Record<string, Handler>> = {
  args,
  criterion,
  data_dict: dataDict,
  function: plainFunction,
};

/** Handlers of things that L3M does not have yet, with what is missing. Their cases are skipped and listed. */
export const NOT_YET: Readonly<Record<string, string>> = {};
