/** A stage that does nothing. */
import * as z from "zod";
import { defineContainer } from "../contract/define-container.ts";

export const identity = defineContainer({
  name: "identity",
  summary: "Leaves the DataDict as it is.",
  aliases: ["torch.nn.Identity", "torch.nn.modules.linear.Identity"],
  options: z.strictObject({}),
  build: () => ({ children: [] }),
});
