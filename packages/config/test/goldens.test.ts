/**
 * Upstream's own results (OmegaConf), for the parts that the strict dialect shares with it: interpolation, merging, and
 * the full build with late resolution. Where YAML 1.1 and 1.2 differ, we must warn.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveTree } from "../src/interpolation/resolve-tree.ts";
import { loadConfig } from "../src/load-config.ts";
import { toPlainTree, type ConfigNode } from "../src/tree/config-node.ts";
import { mergeNodes, type MergeReport } from "../src/tree/merge.ts";
import { readYaml } from "../src/yaml/read-yaml.ts";
import { SourceText } from "../src/yaml/source-text.ts";
import { folderWith } from "./config-files.ts";
import { goldenTree, type GoldenValue } from "./golden-value.ts";

function golden<Row>(name: string): readonly Row[] {
  const file = join(import.meta.dirname, "../../../tools/goldens/config", `${name}.json`);
  const content: { table: readonly Row[] } = JSON.parse(readFileSync(file, "utf8"));
  return content.table;
}

function read(text: string): ConfigNode {
  const reading = readYaml(new SourceText("golden.yaml", text));
  expect(reading.errors).toEqual([]);
  return reading.node;
}

/** Keeps floats apart from integers: `3.0` is `{float: 3}`. */
function typed(node: ConfigNode): unknown {
  if (node.kind === "list") return { list: node.items.map(typed) };
  if (node.kind === "map") return { map: [...node.entries].map(([key, entry]) => [key, typed(entry.node)]) };
  if (node.kind !== "scalar") return node.kind;
  if (typeof node.value === "number") return node.float === true ? { float: node.value } : { int: node.value };
  return typeof node.value === "string" ? { str: node.value } : node.value;
}

describe("interpolation", () => {
  it.each(golden<{ yaml: string; resolved?: GoldenValue; error?: string }>("interpolation"))(
    "$yaml",
    ({ yaml, resolved, error }) => {
      const result = resolveTree(read(yaml), {});
      expect(result.errors.length > 0).toBe(error !== undefined);
      if (resolved !== undefined) expect(typed(result.node)).toEqual(resolved);
    },
  );
});

describe("merge", () => {
  it.each(golden<{ base: string; overlay: string; merged?: GoldenValue; error?: string }>("merge"))(
    "$base <- $overlay",
    ({ base, overlay, merged, error }) => {
      const report: MergeReport = { errors: [], warnings: [] };
      const result = resolveTree(mergeNodes(read(base), read(overlay), [], report), {});
      expect([...report.errors, ...result.errors].length > 0).toBe(error !== undefined);
      if (merged !== undefined) expect(typed(result.node)).toEqual(merged);
    },
  );
});

describe("build: defaults, experiment, overrides, resolved last", () => {
  const rows = golden<{ defaults: string; experiment: string; tokens: string[]; late: GoldenValue }>("build");
  it.each(rows)("$tokens", ({ defaults, experiment, tokens, late }) => {
    const folder = folderWith({
      "defaults.yaml": defaults,
      "experiment.yaml": `extends: defaults.yaml\n${experiment}`,
    });
    const overrides = tokens.map((token) => (token === "experiment.typo=3" ? `+${token}` : token));
    expect(loadConfig(join(folder, "experiment.yaml"), { overrides }).tree).toEqual(goldenTree(late));
  });
});

describe("scalars", () => {
  it.each(golden<{ text: string; value: GoldenValue }>("yaml_scalars"))(
    "$text is as upstream, or warned about",
    ({ text, value }) => {
      const reading = readYaml(new SourceText("golden.yaml", `k: ${text}`));
      const tree = toPlainTree(reading.node);
      const same = Object.is(JSON.stringify(tree), JSON.stringify({ k: goldenTree(value) }));
      const differsSilently = !same && reading.warnings.length === 0;
      expect({ text, tree, differsSilently }).toEqual({ text, tree, differsSilently: false });
    },
  );
});

describe("override tokens", () => {
  const rows = golden<{ tokens: string[]; tree?: GoldenValue; error?: string }>("cli_overrides");
  const yaml11 = ["a=125_000", "a=yes"];
  const valueRows = rows.flatMap(({ tokens: [token, ...rest], tree }) =>
    token?.startsWith("a=") === true && rest.length === 0 && tree !== undefined && !yaml11.includes(token)
      ? [{ token, tree: goldenTree(tree) }]
      : [],
  );
  it.each(valueRows)("$token", ({ token, tree }) => {
    const folder = folderWith({ "c.yaml": 'b: {c: 1}\na: ""\n' });
    const loaded = loadConfig(join(folder, "c.yaml"), { overrides: [token], knownKeys: () => undefined }).tree;
    expect({ a: loaded["a"] }).toEqual(token === "a=${b.c}" ? { a: 1 } : tree);
  });
});
