/** The tables of config keys in docs/configs.md: types and defaults from the schema, meanings from the comments of its interface. */
import { type JsonSchema, typeInWords } from "./json-schema.ts";
import { markdownTable } from "./markdown-table.ts";

/** The part of zod's Standard Schema that this page needs. */
interface DescribedSchema {
  readonly "~standard": {
    readonly jsonSchema: {
      input(options: { target: "draft-07"; libraryOptions: Record<string, unknown> }): Record<string, unknown>;
    };
  };
}

interface Section {
  /** Dotted path; empty for the top level. */
  readonly path: string;
  /** Name of the interface whose comments explain its keys. */
  readonly documented: string;
}

const SECTIONS: readonly Section[] = [
  { path: "", documented: "ExperimentConfig" },
  { path: "experiment", documented: "ExperimentSection" },
  { path: "data", documented: "DataSection" },
  { path: "data.train", documented: "DataSplit" },
  { path: "model", documented: "ModelSection" },
  { path: "optim", documented: "OptimSection" },
  { path: "mesh", documented: "MeshSection" },
];

/** `source` is the text of experiment-config.ts. */
export function renderConfigKeys(schema: DescribedSchema, source: string): string {
  const root = schema["~standard"].jsonSchema.input({
    target: "draft-07",
    libraryOptions: { unrepresentable: "any" },
  }) as JsonSchema;
  return SECTIONS.map(({ path, documented }) => {
    const section = path === "" ? root : path.split(".").reduce(child, root);
    const required = new Set(section.required);
    const meanings = commentsOf(source, documented);
    const rows = Object.entries(section.properties ?? {}).map(([key, value]) => [
      `\`${key}\``,
      isSectionOnly(value) ? "section" : isNode(value) ? "node" : nodesInWords(value),
      required.has(key) ? "required" : `\`${JSON.stringify(value.default)}\``,
      meanings.get(key) ?? "",
    ]);
    return `### ${TITLES.get(path) ?? `\`${path}\``}\n\n${markdownTable(["key", "type", "default", "meaning"], rows)}`;
  }).join("\n\n");
}

const TITLES = new Map([
  ["", "Top level"],
  ["data.train", "`data.train`, and each set of `data.val`"],
]);

function child(schema: JsonSchema, key: string): JsonSchema {
  const value = schema.properties?.[key] ?? {};
  return value.anyOf?.find(isSection) ?? value;
}

function isSection(schema: JsonSchema): boolean {
  return schema.properties !== undefined || (schema.anyOf?.some(isSection) ?? false);
}

/** A section, or null; not a map that is one of several ways to say something. */
function isSectionOnly(schema: JsonSchema): boolean {
  return isSection(schema) && (schema.anyOf ?? []).every((one) => isSectionOnly(one) || one.type === "null");
}

function holdsSections({ additionalProperties: each }: JsonSchema): boolean {
  return typeof each === "object" && isSection(each);
}

/** A registered name, or a map that names one. */
function isNode({ anyOf = [] }: JsonSchema): boolean {
  const [name, map] = anyOf;
  return anyOf.length === 2 && name?.type === "string" && name.enum === undefined && map?.type === "object";
}

function nodesInWords(schema: JsonSchema): string {
  if (schema.anyOf?.some(isNode) === true) return "node or null";
  if (schema.anyOf?.some(holdsSections) === true) return "map of sections, or null";
  const { items } = schema;
  return items !== undefined && !Array.isArray(items) && isNode(items as JsonSchema)
    ? "list of nodes"
    : typeInWords(schema);
}

/** The comment of each field of an interface, in one line. */
function commentsOf(source: string, name: string): ReadonlyMap<string, string> {
  const body = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? "";
  const fields = body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\??:/g);
  return new Map(
    [...fields].map(([, comment = "", field = ""]) => [field, comment.replaceAll(/\s*\n\s*\*?\s*/g, " ").trim()]),
  );
}
