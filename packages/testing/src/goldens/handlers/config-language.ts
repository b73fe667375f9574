/** Handlers of the config language: scalars, interpolation, merging, override tokens, whole builds, upstream's own files. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ConfigNode,
  loadConfig,
  type LoadConfigOptions,
  mergeNodes,
  type MergeReport,
  overrideTree,
  readYaml,
  resolveTree,
  SourceText,
} from "@l3m/config";
import { invariant, throwAll } from "@l3m/errors";
import { Comparison } from "../comparison.ts";
import { type ConfigValue, configValue } from "../config-value.ts";
import { isAffected } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { missingConfig, upstreamFile } from "../upstream-files.ts";

/** What a row expects: a value under the name of the handler, or a failure. */
interface Outcome {
  readonly error?: unknown;
}

/** Reads one YAML text; fails on the first mistake. */
export function readText(text: string): ConfigNode {
  const { node, errors } = readYaml(new SourceText("golden.yaml", text));
  throwAll(errors);
  return node;
}

/** The tree without `${}`; fails on the first mistake. */
export function resolved(node: ConfigNode): ConfigNode {
  const result = resolveTree(node, process.env);
  throwAll(result.errors);
  return result.node;
}

/** `config_scalars`: the value of `k` in `k: <text>`. */
export const configScalars = table<{ readonly text: string; readonly value?: ConfigValue } & Outcome>((row) => {
  const tree = readText(`k: ${row.text}`);
  const node = tree.kind === "map" ? tree.entries.get("k")?.node : undefined;
  invariant(node !== undefined, "the document has a key k");
  return node;
}, "value");

/** `config_interpolation`: load, resolve everything. */
export const configInterpolation = table<{ readonly yaml: string; readonly resolved?: ConfigValue } & Outcome>(
  (row) => resolved(readText(row.yaml)),
  "resolved",
);

/** `config_merge`: merge, then resolve. */
export const configMerge = table<
  { readonly base: string; readonly overlay: string; readonly merged?: ConfigValue } & Outcome
>((row) => resolved(merged((report) => mergeNodes(readText(row.base), readText(row.overlay), [], report))), "merged");

/** `config_cli_overrides`: tokens to a tree. Rows with an upstream bug must fail by default. */
export const configCliOverrides = table<{ readonly tokens: readonly string[]; readonly tree?: ConfigValue } & Outcome>(
  (row, compat) => merged((report) => overrideTree(row.tokens, compat, report)),
  "tree",
);

interface BuildRow {
  readonly defaults: string;
  readonly experiment: string;
  readonly tokens: readonly string[];
  readonly compat?: ConfigValue;
  readonly compat_error?: unknown;
  readonly late?: ConfigValue;
  readonly late_error?: unknown;
}

/** `config_build`: defaults, experiment and tokens, in upstream's order with `compat` and with late resolution without. */
export const configBuild: Handler = {
  builds: () => [],
  run({ fields }, { compat }) {
    const comparison = new Comparison();
    for (const [i, row] of (fields["table"] as readonly BuildRow[]).entries()) {
      const [expected, error] = compat ? [row.compat, row.compat_error] : [row.late, row.late_error];
      const load = (): ConfigNode => inFolder(row, { overrides: row.tokens, anyKey: true, compat });
      compareOutcome(comparison, `table.${i}`, load, expected, error);
    }
    return comparison;
  },
};

/** `config_sample`: a file of upstream over upstream's defaults, from the folder that the environment names. */
export const configSample: Handler = {
  builds: () => [],
  missing: missingConfig,
  run({ fields }, { compat }) {
    const comparison = new Comparison();
    const { config, defaults } = fields as { readonly config: string; readonly defaults: string };
    const { root } = loadConfig(upstreamFile(config), { defaults: upstreamFile(defaults), compat });
    comparison.exact("resolved", configValue(root), fields["resolved"]);
    return comparison;
  },
};

function inFolder({ defaults, experiment }: BuildRow, options: LoadConfigOptions): ConfigNode {
  const folder = mkdtempSync(join(tmpdir(), "l3m-golden-config-"));
  try {
    writeFileSync(join(folder, "defaults.yaml"), defaults);
    writeFileSync(join(folder, "experiment.yaml"), experiment);
    return loadConfig(join(folder, "experiment.yaml"), { ...options, defaults: join(folder, "defaults.yaml") }).root;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A handler of rows that each give one node under the field `result`, or fail. */
function table<Row extends Outcome>(run: (row: Row, compat: boolean) => ConfigNode, result: keyof Row): Handler {
  return {
    builds: () => [],
    run(golden, { compat }) {
      const comparison = new Comparison();
      for (const [i, row] of (golden.fields["table"] as readonly Row[]).entries()) {
        const { value, error } = expectedRow(golden, compat, i, { value: row[result], error: row.error });
        compareOutcome(comparison, `table.${i}`, () => run(row, compat), value, error);
      }
      return comparison;
    },
  };
}

/** What a row expects, repaired where it holds an upstream bug. */
function expectedRow(
  golden: GoldenCase,
  compat: boolean,
  index: number,
  recorded: { readonly value: unknown; readonly error: unknown },
): { readonly value: unknown; readonly error: unknown } {
  if (!isAffected(golden, compat, `table.${index}`)) return recorded;
  const fixed = golden.fixedValues["table"] as Readonly<Record<string, Outcome>> | undefined;
  return { value: undefined, error: fixed?.[index]?.error };
}

function compareOutcome(
  comparison: Comparison,
  name: string,
  run: () => ConfigNode,
  expected: unknown,
  error: unknown,
): void {
  if (error !== undefined) comparison.fails(name, run);
  else if (expected !== undefined) comparison.exact(name, configValue(run()), expected);
}

function merged(merge: (report: MergeReport) => ConfigNode): ConfigNode {
  const report: MergeReport = { errors: [], warnings: [] };
  const node = merge(report);
  throwAll(report.errors);
  return node;
}
