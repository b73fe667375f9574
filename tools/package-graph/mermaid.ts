/** The picture of the packages: one box a package, grouped by layer, one arrow for "imports". */
import type { ModuleImport } from "./cruise.ts";
import type { PackageInfo } from "./packages.ts";

/** Layers from the top of the picture to its bottom, with the titles of their groups. */
const LAYERS: readonly (readonly [layer: string, title: string])[] = [
  ["app", "programs"],
  ["preset", "preset"],
  ["testing", "testing"],
  ["data-plugin", "data plugins"],
  ["block", "blocks"],
  ["train", "training"],
  ["core", "core"],
  ["backend", "backend"],
  ["kernels", "kernels"],
  ["ir", "IR"],
  ["native", "native"],
];

/** Every package imports from this leaf; its arrows would hide the others. */
const LEAF = "errors";

/** A mermaid flowchart. Dotted arrows are packages that are only ever loaded by `await import(...)`. */
export function drawMermaid(packages: readonly PackageInfo[], imports: readonly ModuleImport[]): string {
  const groups = LAYERS.flatMap(([layer, title]) => {
    const members = packages.filter((entry) => entry.layer === layer).map((entry) => `    ${entry.folder}`);
    return members.length === 0 ? [] : [`  subgraph ${layer}-layer [${title}]`, ...members, "  end"];
  });
  return ["```mermaid", "flowchart TD", ...groups, ...arrows(imports), "```"].join("\n");
}

function arrows(imports: readonly ModuleImport[]): readonly string[] {
  const isStatic = new Map<string, boolean>();
  for (const { from, to, dynamic } of imports) {
    const [source, target] = [sourcePackage(from), sourcePackage(to)];
    if (source === undefined || target === undefined || source === target || target === LEAF) continue;
    const edge = `${source} ${target}`;
    isStatic.set(edge, (isStatic.get(edge) ?? false) || !dynamic);
  }
  return [...isStatic].sort().map(([edge, solid]) => `  ${edge.replace(" ", solid ? " --> " : " -.-> ")}`);
}

/** `core` for `packages/core/src/index.ts`; undefined for tests and for packages of the registry. */
function sourcePackage(path: string): string | undefined {
  return /^packages\/([^/]+)\/src\//.exec(path)?.[1];
}
