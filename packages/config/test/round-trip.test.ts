/** Any tree written as YAML loads back as the same tree, without warnings: config.resolved.yaml can be trained from. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { loadConfig } from "../src/load-config.ts";
import { createLoadedConfig } from "../src/loaded-config.ts";
import type { ConfigNode, ConfigTree } from "../src/tree/config-node.ts";
import { folderWith } from "./config-files.ts";

const awkward = fc.constantFrom(
  "${a}",
  "\\${a}",
  "\\\\${",
  "yes",
  "1_000",
  "1e3",
  "null",
  "~",
  "<<",
  "012",
  "1:30",
  "# no",
  "a: b",
  "- x",
  "__proto__",
  " ",
  "???!",
  "None",
);
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  awkward,
);
const { tree } = fc.letrec<{ tree: ConfigTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(text, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(text, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

function toNode(value: ConfigTree): ConfigNode {
  const place = { file: "made.yaml" };
  if (Array.isArray(value)) return { kind: "list", items: value.map(toNode), place };
  if (typeof value === "object" && value !== null) {
    return {
      kind: "map",
      entries: new Map(Object.entries(value).map(([key, child]) => [key, { node: toNode(child), key: place }])),
      place,
    };
  }
  return { kind: "scalar", value, float: typeof value === "number" && !Number.isInteger(value), place };
}

it("round trip", () => {
  const folder = folderWith({});
  const file = join(folder, "config.resolved.yaml");
  fc.assert(
    fc.property(fc.dictionary(text, tree, { maxKeys: 5, noNullPrototype: true }), (value) => {
      fc.pre(!Object.hasOwn(value, "extends"));
      const made = createLoadedConfig("made.yaml", toNode(value), []);
      writeFileSync(file, made.toYaml());
      const back = loadConfig(file, { env: {} });
      expect(back.tree).toEqual(made.tree);
      expect(back.warnings).toEqual([]);
      expect(back.toYaml()).toBe(made.toYaml());
    }),
    { numRuns: 300 },
  );
});

it("keeps floats floats, order, and resolves nothing twice", () => {
  const folder = folderWith({
    "a.yaml": "lr: 1.0\nbig: 1e3\nn: 3\nname: \\${x}\nref: ${n}\nlist: [1, 2.5]\nmaps: [{a: 1}]\n",
  });
  expect(loadConfig(join(folder, "a.yaml")).toYaml()).toBe(
    "lr: 1.0\nbig: 1000.0\nn: 3\nname: \\${x}\nref: 3\nlist: [ 1, 2.5 ]\nmaps:\n  - a: 1\n",
  );
});
