/** MetaModel: preprocessor, trunk, postprocessor and head on one DataDict. */
import * as z from "zod";
import { defineContainer } from "../contract/define-container.ts";
import { maybeSlot } from "../contract/slots.ts";

const STAGES = ["preprocessor", "trunk", "postprocessor", "head"] as const;

export const metaModel = defineContainer({
  name: "meta-model",
  summary: "Runs preprocessor, trunk, postprocessor and head in that order; any may be absent.",
  aliases: ["l3m.model.meta_models.MetaModel"],
  positional: [...STAGES],
  options: z.strictObject({}),
  slots: {
    preprocessor: maybeSlot("block"),
    trunk: maybeSlot("block"),
    postprocessor: maybeSlot("block"),
    head: maybeSlot("block"),
  },
  build(stages, context) {
    const children = STAGES.flatMap((stage) => {
      const ref = stages[stage];
      return ref === null ? [] : [context.child(stage, ref)];
    });
    return { children };
  },
});
