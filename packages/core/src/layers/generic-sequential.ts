/** Layers one after the other. */
import * as z from "zod";
import { defineModule } from "../contract/definition.ts";
import { LAYER_KINDS } from "../contract/kinds.ts";
import { slotList } from "../contract/slots.ts";

export const genericSequential = defineModule({
  name: "generic-sequential",
  summary: "Runs layers in order on one tensor; masks and positions are not handed on.",
  aliases: ["l3m.model.layers.misc.GenericSequential", "torch.nn.Sequential", "torch.nn.modules.container.Sequential"],
  positional: ["...layers"],
  options: z.strictObject({}),
  slots: { layers: slotList(LAYER_KINDS) },
  build({ layers: refs }, context) {
    const layers = refs.map((ref, i) => context.child(`${i}`, ref));
    return { forward: (x, forward) => layers.reduce((y, layer) => layer.forward(y, forward), x) };
  },
});
