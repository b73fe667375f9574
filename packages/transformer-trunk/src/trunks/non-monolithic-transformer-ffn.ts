/** Transformer trunk of several sorts of blocks. B batch, N tokens, D width, L blocks. */
import { type BuildContext, defineBlock, L3mError, type SlotRef } from "@l3m/core";
import * as z from "zod";
import { ENCODER_PORTS, ENCODER_SLOTS, encoderTrunk } from "./encoder-trunk.ts";
import { trunkOptions } from "./trunk-options.ts";

const node = z.union([z.string(), z.record(z.string(), z.unknown())]);

const options = z.strictObject({
  ...trunkOptions,
  layer: z
    .array(
      z.strictObject({
        module: node.describe("A block, with its ffn_target."),
        layers: z.array(z.int()).describe("Indices of the places that it takes, from 0."),
      }),
    )
    .describe("Which block stands where; together they fill all L places, and a later entry wins."),
});

/**
 * `transformer` whose blocks differ, for example dense and mixture-of-experts feed-forward networks by turns. Every block brings its
 * own `ffn_target`; the trunk supplies all other options of a block.
 */
export const nonMonolithicTransformerFfn = defineBlock({
  name: "non-monolithic-transformer-ffn",
  summary: "Stack of transformer blocks of several sorts, each with its own feed-forward network.",
  aliases: ["l3m.model.trunks.transformer.NonMonolithicTransformerFFN"],
  upstream: { block: "layer" },
  ignores: ["ffn_target"],
  options,
  slots: ENCODER_SLOTS,
  ports: ENCODER_PORTS,
  build(given, context) {
    const blocks = blocksByPlace(given, context);
    return encoderTrunk(context, given, (i) => blocks[i] as SlotRef<"module">);
  },
});

/** @throws L3M_BAD_OPTION when a place does not exist or stays empty */
function blocksByPlace(
  { layer: entries, num_blocks: L }: z.infer<typeof options>,
  context: BuildContext,
): SlotRef<"module">[] {
  const blocks = new Map<number, SlotRef<"module">>();
  entries.forEach(({ module, layers }, n) => {
    const ref = context.slotRef("module", module, `layer.${n}.module`);
    for (const place of layers) blocks.set(place, ref);
  });
  const places = Array.from({ length: L }, (_, i) => i);
  const wrong = [
    ...places.filter((i) => !blocks.has(i)).map((i) => `nothing at ${i}`),
    ...[...blocks.keys()].filter((i) => i < 0 || i >= L).map((i) => `something at ${i}`),
  ];
  if (wrong.length === 0) return places.map((i) => blocks.get(i) as SlotRef<"module">);
  throw new L3mError("L3M_BAD_OPTION", {
    message: "The blocks do not fill the trunk.",
    where: { path: `${context.where}.layer` },
    expected: `a block at every place from 0 to num_blocks - 1 = ${L - 1}`,
    got: wrong.join(", "),
    fix: "Correct layers or num_blocks.",
  });
}
