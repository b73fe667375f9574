/** Objectives and scores of language models. */
import { definePlugin } from "@l3m/core";
import { bitsPerByte } from "./bits-per-byte.ts";
import { llmCrossEntropyLoss } from "./llm-cross-entropy-loss.ts";

export { bitsPerByte, llmCrossEntropyLoss };

export default definePlugin({ namespace: "losses", provides: [llmCrossEntropyLoss, bitsPerByte] });
