/** InSeriesMetaModels: named models on one DataDict. */
import * as z from "zod";
import { L3mError } from "@l3m/errors";
import { defineContainer } from "../contract/define-container.ts";
import { slotMap } from "../contract/slots.ts";
import type { ReadWriteBlock } from "../data-dict/read-write-block.ts";

const options = z.strictObject({
  order: z.array(z.string()).nullish().describe("Names of the models in execution order; default as written."),
});

export const inSeriesMetaModels = defineContainer({
  name: "in-series-meta-models",
  summary: "Runs named models in order; each can also be run alone by its name.",
  aliases: ["l3m.model.meta_models.InSeriesMetaModels"],
  positional: ["models", "order"],
  options,
  slots: { models: slotMap("block") },
  build({ models, order }, context) {
    const named = new Map<string, ReadWriteBlock>();
    for (const [name, ref] of Object.entries(models)) named.set(name, context.child(`models.${name}`, ref));
    const names = [...named.keys()];
    if (order && [...order].sort().join() !== [...names].sort().join()) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "The order does not name every model once.",
        where: { path: `${context.where}.order` },
        expected: `a permutation of ${names.join(", ")}`,
        got: order.join(", "),
        fix: "List every model once, or remove the option.",
      });
    }
    const children = (order ?? names).flatMap((name) => named.get(name) ?? []);
    return { children, named };
  },
});
