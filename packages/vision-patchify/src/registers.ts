/** Register tokens: learned tokens beside the patches (Darcet et al. 2024). B batch, N tokens, R registers, D width. */
import type { BuildContext } from "@l3m/core";
import { iota } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { NORMAL_002, repeatRows } from "./patch-sequence.ts";

/** Options of preprocessors with registers. */
export const registerOptions = {
  num_registers: z.int().positive().describe("R, number of learned tokens."),
  append_side: z.enum(["right", "left"]).default("right").describe("Registers after or before the other tokens."),
  registers_mask_write_key: z
    .string()
    .default("registers_mask")
    .describe("Key for the mask bool [B, N + R, D] that is true on registers."),
};

export interface RegisterOptions {
  readonly num_registers: number;
  readonly append_side: "right" | "left";
}

/** Declares `registers [1, R, D]`; returns the function that appends them and says where they are. */
export function registers(
  context: BuildContext,
  D: number,
  { num_registers: R, append_side }: RegisterOptions,
): (tokens: Tensor) => { tokens: Tensor; registers_mask: Tensor } {
  const param = context.param("registers", [1, R, D], { init: NORMAL_002, axes: ["broadcast", "position", "embed"] });
  return (tokens_BND) => {
    const [B = 0, N = 0] = tokens_BND.shape;
    const registers_BRD = repeatRows(param.value, B);
    const position = iota([B, N + R, D], 1);
    return append_side === "right"
      ? { tokens: tf.concat([tokens_BND, registers_BRD], 1), registers_mask: tf.greaterEqual(position, N) }
      : { tokens: tf.concat([registers_BRD, tokens_BND], 1), registers_mask: tf.less(position, R) };
  };
}
