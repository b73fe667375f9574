/** What activation checkpointing saves: memory of intermediate results in the compiled step, by XLA's own account. */
import { expect, it } from "vitest";
import { compileSteps } from "../compiled-step.ts";

it("at depth 12 and context 128 the step needs at least 30 % less temporary memory", { timeout: 600_000 }, async () => {
  const towers = ["image_encoder", "text_encoder"].map((name) => `model.meta_model.models.${name}.trunk.num_blocks=12`);
  const [without, withBlocks] = await compileSteps({ batch: 32, context: 128 }, [
    towers,
    [...towers, "+model.activation_checkpointing=block"],
  ]);
  expect(without?.text.match(/optimization_barrier/g)).toBeNull();
  expect(withBlocks?.text.match(/optimization_barrier/g)).toHaveLength(24);
  expect(withBlocks?.tempBytes).toBeLessThan(0.7 * (without?.tempBytes ?? 0));
});
