import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readClassNames } from "@l3m/data";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-names-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(contents: string | Uint8Array): readonly string[] {
  const file = path.join(folder, "names");
  writeFileSync(file, contents);
  return readClassNames(file);
}

/** `pickle.dumps({0: "tench, Tinca tinca", 1: "caf\u00e9", 2: name}, protocol)` of CPython with `name` the object at 1. */
const PICKLED = {
  2: "80027d7100284b00581200000074656e63682c2054696e63612074696e636171014b015805000000636166c3a971024b026802752e",
  4: "8004952a000000000000007d94284b008c1274656e63682c2054696e63612074696e6361944b018c05636166c3a9944b026802752e",
};

it.each(Object.entries(PICKLED))("reads a map that Python has pickled with protocol %s", (_protocol, hex) => {
  expect(read(Buffer.from(hex, "hex"))).toEqual(["tench, Tinca tinca", "caf\u00e9", "caf\u00e9"]);
});

it("reads lines, a JSON list and a JSON map in the order of its keys", () => {
  expect(read("cat, feline\n dog\r\nbird\n\n")).toEqual(["cat, feline", "dog", "bird"]);
  expect(read('["cat", "dog"]')).toEqual(["cat", "dog"]);
  expect(read('{"1": "dog", "0": "cat"}')).toEqual(["cat", "dog"]);
});

it.each([
  ["an empty file", ""],
  ["a map with a gap", '{"0": "cat", "2": "dog"}'],
  ["broken JSON", '{"0": '],
  ["a list of numbers", "[1, 2]"],
  ["a pickled list", Buffer.from("80049508000000000000005d948c016194612e", "hex")],
  ["a pickle that calls something", Buffer.from("80048c026f738c0673797374656d93948c02696494859452942e", "hex")],
  ["half of a pickle", Buffer.from(PICKLED[4].slice(0, 60), "hex")],
])("refuses %s", (_what, contents) => {
  expect(() => read(contents)).toThrow(/no names of classes/);
});

it("names a file that is not there", () => {
  expect(() => readClassNames(path.join(folder, "nothing"))).toThrow(/nothing/);
});
