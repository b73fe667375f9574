/** Extensions of a real plugin. The profiler itself needs a GPU; a plugin for the CPU has none. */
import { expect, it } from "vitest";
import { loadPlugin, PjrtProfiler } from "@l3m/pjrt";
import { ENUMS } from "../src/generated/pjrt-c-api.ts";
import { cpuPlugin } from "./cpu-plugin.ts";

it("walks the chain of extensions", async () => {
  const api = loadPlugin(await cpuPlugin());
  expect(api.extension(ENUMS.PJRT_Extension_Type.FFI)).toBeTypeOf("bigint");
  expect(api.extension(12345)).toBeUndefined();
});

it("has no profiler on the CPU", async () => {
  expect(PjrtProfiler.of(loadPlugin(await cpuPlugin()))).toBeUndefined();
});
