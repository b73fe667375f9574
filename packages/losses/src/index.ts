/** Training objectives that belong to no single model. */
import { definePlugin } from "@l3m/core";
import { llmCrossEntropyLoss } from "./llm-cross-entropy-loss.ts";

export { llmCrossEntropyLoss };

export default definePlugin({ namespace: "losses", provides: [llmCrossEntropyLoss] });
