/** MultiBlock: blocks one after the other. */
import * as z from "zod";
import { defineContainer } from "../contract/define-container.ts";
import { slotList } from "../contract/slots.ts";

export const multiBlock = defineContainer({
  name: "multi-block",
  summary: "Runs blocks in order on one DataDict.",
  aliases: ["l3m.model.utils.MultiBlock"],
  positional: ["blocks"],
  options: z.strictObject({}),
  slots: { blocks: slotList("block") },
  build: ({ blocks }, context) => ({ children: blocks.map((ref, i) => context.child(`blocks.${i}`, ref)) }),
});
