/** Files that PyTorch itself wrote, against the values that PyTorch printed. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { openWeights } from "../../src/weights/open-weights.ts";

const fixture = (name: string): string => path.join(import.meta.dirname, "fixtures", name);

interface Printed {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly (number | string)[];
}

const SPECIAL: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const STORED: Readonly<Record<string, string>> = {
  "torch.float64": "F64",
  "torch.float32": "F32",
  "torch.float16": "F16",
  "torch.bfloat16": "BF16",
  "torch.int64": "I64",
  "torch.int32": "I32",
  "torch.int16": "I16",
  "torch.int8": "I8",
  "torch.uint8": "U8",
  "torch.bool": "BOOL",
};

it.each(["state-dict", "checkpoint"])("reads every tensor of %s.pth as PyTorch does", async (name) => {
  const printed = JSON.parse(readFileSync(fixture(`${name}.json`), "utf8")) as Record<string, Printed>;
  const { weights, kind, ignored } = await openWeights(fixture(`${name}.pth`));
  expect(kind).toBe("PyTorch file");
  expect(ignored).toEqual([]);
  expect([...weights.keys()]).toEqual(Object.keys(printed));
  for (const [tensor, { shape, dtype, values }] of Object.entries(printed)) {
    const source = weights.get(tensor);
    expect([source?.shape, source?.stored], tensor).toEqual([shape, STORED[dtype]]);
    const expected = Float32Array.from(values, (value) =>
      typeof value === "string" ? (SPECIAL[value] as number) : value,
    );
    expect(Float32Array.from((await source?.read()) ?? []), tensor).toEqual(expected);
  }
});

it.each<[string, RegExp]>([
  ["evil.pth", /got: +the Python name "posix\.system"/],
  ["distributed-tensor.pth", /"0\.weight" is no plain tensor[^]*DTensor[^]*full_tensor/],
  ["legacy.pth", /before 1\.6[^]*torch\.load/],
])("refuses %s", async (file, says) => {
  const error: unknown = await openWeights(fixture(file)).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "L3M_WEIGHTS" });
  expect((error as Error).message).toMatch(says);
});
