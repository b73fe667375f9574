/** Reads a config file and everything it `extends`, and merges them: bases first, in order, the file itself last. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { L3mError } from "@l3m/errors";
import { describeNode, type ConfigNode, type MapNode, type SourcePlace } from "./tree/config-node.ts";
import { mergeNodes, type MergeReport } from "./tree/merge.ts";
import { readYaml } from "./yaml/read-yaml.ts";
import { SourceText } from "./yaml/source-text.ts";

/** Changes what one file says before anything is merged with it. */
export type PrepareFile = (own: MapNode, report: MergeReport) => MapNode;

/** The merged map of `file`, without its `extends` key. Errors of all files go to `report`. */
export function readConfigFiles(file: string, report: MergeReport, prepare: PrepareFile = (own) => own): MapNode {
  return readOne(file, [], undefined, report, prepare);
}

function readOne(
  file: string,
  chain: readonly string[],
  from: SourcePlace | undefined,
  report: MergeReport,
  prepare: PrepareFile,
): MapNode {
  const nothing: MapNode = { kind: "map", entries: new Map(), place: { file } };
  const identity = resolve(file);
  if (chain.includes(identity)) {
    const circle = [...chain.slice(chain.indexOf(identity)), identity].join(" -> ");
    report.errors.push(
      new L3mError("L3M_CONFIG_EXTENDS", {
        message: `extends goes round in a circle: ${circle}.`,
        where: { ...from, path: "extends" },
      }),
    );
    return nothing;
  }
  const text = readText(file, from, report);
  if (text === undefined) return nothing;
  const reading = readYaml(new SourceText(file, text));
  report.errors.push(...reading.errors);
  report.warnings.push(...reading.warnings);
  if (reading.errors.length > 0) return nothing;
  const { node } = reading;
  if (node.kind === "scalar" && node.value === null) return nothing;
  if (node.kind !== "map") {
    report.errors.push(
      new L3mError("L3M_CONFIG_SYNTAX", {
        message: "A config is a map of sections.",
        where: node.place,
        expected: "model:, data:, ...",
        got: describeNode(node),
      }),
    );
    return nothing;
  }
  const entries = new Map(node.entries);
  entries.delete("extends");
  const own = prepare({ ...node, entries }, report);
  const bases = baseFiles(node, report).map(({ name, place }) =>
    readOne(besides(file, name), [...chain, identity], place, report, prepare),
  );
  return [...bases, own].reduce((base, overlay) => {
    const merged = mergeNodes(base, overlay, [], report);
    return merged.kind === "map" ? merged : base;
  });
}

function baseFiles(map: MapNode, report: MergeReport): { name: string; place: SourcePlace }[] {
  const node = map.entries.get("extends")?.node;
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return [];
  return (node.kind === "list" ? node.items : [node]).flatMap((item: ConfigNode) => {
    if (item.kind === "scalar" && typeof item.value === "string") return [{ name: item.value, place: item.place }];
    report.errors.push(
      new L3mError("L3M_CONFIG_EXTENDS", {
        message: "extends takes a file name or a list of them.",
        where: { ...item.place, path: "extends" },
        got: describeNode(item),
        ...(item.kind === "text"
          ? { fix: "Interpolation is not possible here: files are read before anything is resolved." }
          : {}),
      }),
    );
    return [];
  });
}

function readText(file: string, from: SourcePlace | undefined, report: MergeReport): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why =
      code === "ENOENT"
        ? "does not exist"
        : code === "EISDIR"
          ? "is a folder"
          : `cannot be read (${String(code ?? cause)})`;
    report.errors.push(
      from === undefined
        ? new L3mError("L3M_CONFIG_NOT_FOUND", { message: `The config ${file} ${why}.`, where: { file }, cause })
        : new L3mError("L3M_CONFIG_EXTENDS", {
            message: `The base config ${file} ${why}.`,
            where: { ...from, path: "extends" },
            fix: "Paths in extends are relative to the file that holds them.",
            cause,
          }),
    );
    return undefined;
  }
}

function besides(file: string, name: string): string {
  return isAbsolute(name) ? name : join(dirname(file), name);
}
