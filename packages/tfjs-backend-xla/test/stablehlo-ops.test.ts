/** Every op of @l3m/stablehlo compiled and run on the CPU plugin: the text parses and means what it should. */
import { ensurePlugin, loadPlugin, type PjrtClient } from "@l3m/pjrt";
import { printModule, sizeOf } from "@l3m/stablehlo";
import { afterAll, beforeAll, expect, it } from "vitest";
import { OP_CASES } from "./stablehlo-cases.ts";
import { distance } from "./with-engine.ts";

let client: PjrtClient;
beforeAll(async () => {
  client = loadPlugin(await ensurePlugin("cpu")).createClient();
});
afterAll(() => client.destroy());

it.each(OP_CASES)("$name", async ({ build, expected }) => {
  const results = build();
  const text = printModule({ functions: [{ name: "main", params: [], results: results.map((value) => ({ value })) }] });
  const executable = client.compileSync(text);
  const [outputs = []] = executable.execute([[]]);
  for (const [i, { type }] of results.entries()) {
    expect([executable.outputTypes[i], executable.outputDims[i]]).toEqual([type.element, type.shape]);
    const size = sizeOf(type.shape);
    const values =
      type.element === "f32"
        ? new Float32Array(size)
        : type.element === "i1"
          ? new Uint8Array(size)
          : new Int32Array(size);
    await outputs[i]?.toHost(values);
    expect(distance(Array.from(values), expected[i] ?? []), Array.from(values).join()).toBeLessThan(3e-6);
  }
  for (const buffer of outputs) buffer.destroy();
  executable.destroy();
});
