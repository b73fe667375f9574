/** Which ids a text preprocessor embeds. */
import { type ForwardContext, fromOption, L3mError, maybeRead } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";

/** The option that names the prompt of generation. */
export const inferenceReadKey = z
  .string()
  .default("prompt")
  .describe("Key of the ids to go on from in generation mode; read_key when it is absent.");

/** Read ports of text preprocessors: ids int32 `[B, N]`, or a prompt in generation mode. */
export const tokenIdPorts = {
  text: maybeRead(null, "B N", { dtype: "int32", unless: "prompt" }),
  prompt: maybeRead(fromOption("inference_read_key"), "B L", { dtype: "int32" }),
};

/** The prompt in generation mode if there is one, else the text. */
export function tokenIds(
  inputs: { readonly text: Tensor | undefined; readonly prompt: Tensor | undefined },
  context: ForwardContext,
  where: string,
): Tensor {
  const ids = context.generate ? (inputs.prompt ?? inputs.text) : inputs.text;
  if (ids !== undefined) return ids;
  throw new L3mError("L3M_MISSING_KEY", {
    message: "Only a prompt is there, and a prompt is read in generation mode only.",
    where: { path: where },
    expected: "token ids under read_key",
    got: "nothing",
    fix: "Put the text under read_key, or run in generation mode.",
  });
}
