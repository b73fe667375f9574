import { isL3mError } from "@l3m/errors";
import { expect, it } from "vitest";
import { gpuMemory } from "../src/engines/gpu-memory.ts";

it("fills in the environment and the defaults; what is given wins", () => {
  const env = { L3M_GPU_MEMORY_FRACTION: "0.5", L3M_GPU_PREALLOCATE: "no" };
  expect(gpuMemory({}, {})).toEqual({ fraction: 0.92, preallocate: true });
  expect(gpuMemory({}, env)).toEqual({ fraction: 0.5, preallocate: false });
  expect(gpuMemory({ fraction: 1, preallocate: true }, env)).toEqual({ fraction: 1, preallocate: true });
  expect(gpuMemory({}, { L3M_GPU_MEMORY_FRACTION: " ", L3M_GPU_PREALLOCATE: "" })).toEqual(gpuMemory({}, {}));
});

it.each([
  [{ L3M_GPU_MEMORY_FRACTION: "92" }, /L3M_GPU_MEMORY_FRACTION[\s\S]*got: {6}92/],
  [{ L3M_GPU_MEMORY_FRACTION: "0" }, /above 0/],
  [{ L3M_GPU_MEMORY_FRACTION: "half" }, /got: {6}half/],
  [{ L3M_GPU_PREALLOCATE: "maybe" }, /neither yes nor no/],
])("refuses %j", (env, message) => {
  try {
    gpuMemory({}, env);
    expect.unreachable();
  } catch (error) {
    expect(isL3mError(error) && error.code).toBe("L3M_BAD_OPTION");
    expect(String(error)).toMatch(message);
  }
});
