/** The tables of docs/from-ml-l3m.md: what becomes of every key of ml-l3m's frame. */
import type { FrameKey } from "../../packages/config/src/upstream/frame-keys.ts";
import { markdownTable } from "./markdown-table.ts";

/** One table a section, keys with the same fate in one row. */
export function renderUpstreamKeys(keys: readonly FrameKey[]): string {
  const sections = groupBy(keys, ({ key }) => sectionOf(key));
  return [...sections]
    .map(([section, members]) => {
      const rows = groupBy(members, fateOf);
      const title = section === "" ? "Top level" : `\`${section}\``;
      const cells = [...rows].map(([fate, rules]) => [
        rules.map(({ key }) => `\`${within(section, key)}\``).join(", "),
        fate,
      ]);
      return `### ${title}\n\n${markdownTable(["key", "here"], cells)}`;
    })
    .join("\n\n");
}

/** In order of first appearance. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function sectionOf(key: string): string {
  if (key.startsWith("experiment.fsdp.")) return "experiment.fsdp";
  return ["experiment", "data", "model", "optim"].find((section) => key.startsWith(`${section}.`)) ?? "";
}

function within(section: string, key: string): string {
  return section === "" ? key : key.slice(section.length + 1);
}

function fateOf(rule: FrameKey): string {
  if (rule.verdict === "same") return "same";
  if (rule.verdict === "renamed") return `\`${rule.to}\``;
  if (rule.verdict === "mapped") return `\`${rule.to.replace(/([:,;]|$)/, "`$1")}`;
  if (rule.verdict === "ignored") return `no effect: ${rule.why}`;
  const fine = rule.unless.map((value) => (value === null ? "nothing" : `\`${JSON.stringify(value)}\``)).join(" or ");
  return `${fine}; anything else is an error: ${rule.why}. ${rule.fix}`;
}
