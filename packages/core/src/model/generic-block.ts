/** GenericBlock: a layer between two keys of the DataDict. */
import * as z from "zod";
import { defineBlock } from "../contract/define-block.ts";
import { LAYER_KINDS } from "../contract/kinds.ts";
import { read, write } from "../contract/ports.ts";
import { slot } from "../contract/slots.ts";

export const genericBlock = defineBlock({
  name: "generic-block",
  summary: "Applies any layer to one key and writes the result to another.",
  aliases: ["l3m.model.meta_models.GenericBlock"],
  positional: ["module"],
  options: z.strictObject({}),
  slots: { module: slot(LAYER_KINDS) },
  ports: { x: read(null), y: write(null) },
  build({ module }, context) {
    const layer = context.child("module", module);
    return { forward: ({ x }, forward) => ({ y: layer.forward(x, forward) }) };
  },
});
