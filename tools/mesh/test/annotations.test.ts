/** The compiled module of the fully sharded step: where its arguments, results, weights in use and batch live. */
import { beforeAll, expect, it } from "vitest";
import { type CompiledStep, compileSteps } from "../compiled-step.ts";

const BATCH = 8;
let step: CompiledStep | undefined;
let signature: string;
beforeAll(async () => {
  [step] = await compileSteps({ batch: BATCH, context: 16 }, [
    ["+mesh={devices: 2, dp_shard: 2}", "data.val=null", "metrics=[]"],
  ]);
  signature = step?.text.match(/func\.func public @main\(.*/)?.[0] ?? "";
}, 300_000);

it("annotates every argument and every result", () => {
  expect(step?.text).toContain('sdy.mesh @mesh = <["dp_shard"=2]>');
  const values = signature.match(/tensor<[^>]*>/g) ?? [];
  expect(values.length).toBeGreaterThan(3 * 66);
  expect(signature.match(/sdy\.sharding = #sdy\.sharding<@mesh, /g)).toHaveLength(values.length);
});

it("splits parameters and optimizer state over dp_shard, and the batch on axis 0", () => {
  // the MLP's first weight: one parameter and two moments for each of three image blocks, as arguments and as results
  const weights = signature.match(
    /tensor<512x128xf32> \{sdy\.sharding = #sdy\.sharding<@mesh, \[\{"dp_shard"\}, \{\}\]>/g,
  );
  expect(weights).toHaveLength(2 * 3 * 3);
  expect(signature).toContain(
    `tensor<${BATCH}x3x32x32xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"dp_shard"}, {}, {}, {}]>`,
  );
  expect(signature).toContain(`tensor<${BATCH}x16xi32> {sdy.sharding = #sdy.sharding<@mesh, [{"dp_shard"}, {}]>`);
});

it("gathers each weight at its use, brings each gradient back to the split form, and keeps the residual stream split", () => {
  const constraints = (type: string, dims: string) =>
    step?.text
      .split("\n")
      .filter((line) => line.includes("sdy.sharding_constraint") && line.endsWith(`<@mesh, ${dims}> : ${type}`)) ?? [];
  const weight = "tensor<512x128xf32>";
  expect(constraints(weight, "[{}, {}]").length).toBeGreaterThanOrEqual(3);
  expect(constraints(weight, '[{"dp_shard"}, {}]')).toHaveLength(3);
  expect(constraints(`tensor<${BATCH}x4x128xf32>`, '[{"dp_shard"}, {}, {}]').length).toBeGreaterThanOrEqual(4);
});
