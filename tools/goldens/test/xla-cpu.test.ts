import type { Jit } from "@l3m/testing";
import { type Engine, openEngine } from "@l3m/train";
import { afterAll, beforeAll, describe, it } from "vitest";
import { CONFIGURATIONS, COPIED, expectToPass } from "./cases.ts";

let engine: Engine;
beforeAll(async () => void (engine = await openEngine("xla-cpu")), 600_000);
afterAll(() => engine.stop());

const jit: Jit = (fn) => engine.jit(fn, { name: "golden" });

describe("recorded values of ml-l3m, traced and compiled", () => {
  for (const golden of COPIED) it(`${golden.area}/${golden.name}`, () => expectToPass(golden, { jit }));
  for (const golden of CONFIGURATIONS) it(`${golden.area}/${golden.name}`, ({ skip }) => expectToPass(golden, { jit, orSkipped: skip }));
});
