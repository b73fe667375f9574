/** A layer that does nothing, for example in place of an attention. */
import * as z from "zod";
import { defineAttention } from "../contract/definition.ts";

export const genericIdentity = defineAttention({
  name: "generic-identity",
  summary: "Returns its input; takes any option and any further input and ignores them.",
  aliases: ["l3m.model.layers.misc.GenericIdentity"],
  options: z.looseObject({}),
  build: () => ({ forward: (x) => x }),
});
