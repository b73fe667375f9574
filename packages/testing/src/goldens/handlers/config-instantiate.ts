/** `config_instantiate`: load, instantiate with recording targets, perhaps call the result again. */
import { type ConfigTree, type Factory, instantiate, type Keywords, PartialTarget, toPlainTree } from "@l3m/config";
import { L3mError } from "@l3m/errors";
import { Comparison } from "../comparison.ts";
import type { Handler } from "../handler.ts";
import { readText, resolved } from "./config-language.ts";

/** What a recording target was called with. */
class Recording {
  readonly object: string;
  readonly args: readonly unknown[];
  readonly keywords: Keywords;

  constructor(object: string, args: readonly unknown[], keywords: Keywords) {
    this.object = object;
    this.args = args;
    this.keywords = keywords;
  }
}

const RECORDERS: ReadonlyMap<string, Factory> = new Map(
  ["A", "B"].map((name) => [`rec.${name}`, (args, keywords) => new Recording(name, args, keywords)]),
);

interface Call {
  readonly args?: readonly ConfigTree[];
  readonly kwargs?: { readonly [key: string]: ConfigTree };
}

interface Row extends Call {
  readonly yaml: string;
  readonly node?: string;
  readonly then?: Call;
  readonly result?: unknown;
  readonly then_result?: unknown;
  readonly error?: string;
  readonly mentions_full_key?: string;
}

export const configInstantiate: Handler = {
  builds: () => [],
  run({ fields }) {
    const comparison = new Comparison();
    for (const [i, row] of (fields["table"] as readonly Row[]).entries()) {
      const name = `table.${i}`;
      if (row.error !== undefined) {
        compareFailure(comparison, name, row);
        continue;
      }
      const result = make(row);
      comparison.exact(name, recorded(result), row.result);
      if (row.then === undefined) continue;
      const again = result instanceof PartialTarget ? result.call(row.then.args, row.then.kwargs) : undefined;
      comparison.exact(`${name}.then`, recorded(again), row.then_result);
    }
    return comparison;
  },
};

function make({ yaml, node, args, kwargs }: Row): unknown {
  const path = node?.split(".") ?? [];
  const root = toPlainTree(resolved(readText(yaml)));
  return instantiate(path.reduce(child, root), {
    targets: RECORDERS,
    path,
    ...(args === undefined ? {} : { args }),
    ...(kwargs === undefined ? {} : { keywords: kwargs }),
  });
}

function child(tree: ConfigTree, key: string): ConfigTree {
  return Object.entries(tree ?? {}).find(([name]) => name === key)?.[1] ?? null;
}

function compareFailure(comparison: Comparison, name: string, row: Row): void {
  comparison.fails(name, () => make(row));
  if (row.mentions_full_key === undefined) return;
  try {
    make(row);
  } catch (error) {
    const path = error instanceof L3mError ? error.details.where?.path : undefined;
    comparison.exact(`${name}.full_key`, path, row.mentions_full_key);
  }
}

/** The encoding of results: objects, partials, lists and maps are tagged, plain values are not. */
function recorded(value: unknown): unknown {
  if (value instanceof Recording)
    return { object: value.object, args: value.args.map(recorded), kwargs: recordedValues(value.keywords) };
  if (value instanceof PartialTarget) {
    const partial = value.target.replace("rec.", "");
    return { partial, args: value.args.map(recorded), kwargs: recordedValues(value.keywords) };
  }
  if (Array.isArray(value)) return { list: value.map(recorded) };
  return typeof value === "object" && value !== null ? { map: recordedValues(value) } : value;
}

function recordedValues(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, recorded(value)]));
}
