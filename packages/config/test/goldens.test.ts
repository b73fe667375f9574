/** Upstream's own results (OmegaConf): scalars, interpolation, merging, override tokens, and the full build in both orders. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveTree } from "../src/interpolation/resolve-tree.ts";
import { loadConfig, type LoadConfigOptions } from "../src/load-config.ts";
import { overrideTree } from "../src/override-tree.ts";
import type { ConfigNode } from "../src/tree/config-node.ts";
import { mergeNodes, type MergeReport } from "../src/tree/merge.ts";
import { readYaml } from "../src/yaml/read-yaml.ts";
import { SourceText } from "../src/yaml/source-text.ts";
import { folderWith } from "./config-files.ts";
import type { GoldenValue } from "./golden-value.ts";

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
  if (node.kind !== "scalar") return node.kind === "text" ? { str: node.text } : node.kind;
  if (typeof node.value === "number") return node.float === true ? { float: node.value } : { int: node.value };
  return typeof node.value === "string" ? { str: node.value } : node.value;
}

/** JSON has no infinities: they are strings in the golden. */
function numeric(value: GoldenValue): unknown {
  return value !== null && typeof value === "object" && "float" in value ? { float: Number(value.float) } : value;
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

describe("build: defaults, experiment, overrides", () => {
  interface Row {
    defaults: string;
    experiment: string;
    tokens: string[];
    compat?: GoldenValue;
    compat_error?: string;
    late: GoldenValue;
  }
  it.each(golden<Row>("build"))("$tokens", ({ defaults, experiment, tokens, compat, compat_error, late }) => {
    const folder = folderWith({ "defaults.yaml": defaults, "experiment.yaml": experiment });
    const load = (options: LoadConfigOptions) =>
      loadConfig(join(folder, "experiment.yaml"), {
        overrides: tokens,
        defaults: join(folder, "defaults.yaml"),
        ...options,
      });
    expect(typed(load({ anyKey: true }).root)).toEqual(late);
    if (compat_error === undefined) expect(typed(load({ compat: true }).root)).toEqual(compat);
    else expect(() => load({ compat: true })).toThrow();
  });
});

describe("scalars", () => {
  it.each(golden<{ text: string; value: GoldenValue }>("yaml_scalars"))("$text", ({ text, value }) => {
    expect(typed(read(`k: ${text}`))).toEqual({ map: [["k", numeric(value)]] });
  });
});

describe("override tokens", () => {
  const rows = golden<{ tokens: string[]; tree?: GoldenValue; error?: string }>("cli_overrides");
  const tree = (tokens: string[], compat: boolean): unknown => {
    const report: MergeReport = { errors: [], warnings: [] };
    return typed(overrideTree(tokens, compat, report));
  };
  it.each(rows)("$tokens", ({ tokens, tree: expected, error }) => {
    if (error === undefined) expect(tree(tokens, true)).toEqual(expected);
    else expect(() => tree(tokens, true)).toThrow();
    const signed = tokens.some((token) => /^[-+~]/.test(token));
    if (error !== undefined || signed) expect(() => tree(tokens, false)).toThrow();
    else expect(tree(tokens, false)).toEqual(expected);
  });
});
