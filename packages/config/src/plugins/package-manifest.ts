/** package.json files: finding the nearest one, an installed package, and what they say about L3M. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { L3mError } from "@l3m/errors";

/** The parts of a package.json that plugin lookup reads. */
export interface PackageManifest {
  readonly folder: string;
  readonly name: string;
  /** Direct dependencies of every sort, in the order of the file. */
  readonly dependencies: readonly string[];
  /** The namespace in the `l3m` field of a plugin package; undefined for any other package. */
  readonly namespace: string | undefined;
  readonly exports: unknown;
  readonly main: string | undefined;
}

/** The package.json in `folder` or the closest folder above it. */
export function nearestPackage(folder: string): PackageManifest | undefined {
  if (existsSync(join(folder, "package.json"))) return readManifest(folder);
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestPackage(parent);
}

/** An installed package as Node resolves it from `folder`: the first `node_modules/<name>` on the way up. */
export function installedPackage(name: string, folder: string): PackageManifest | undefined {
  const candidate = join(folder, "node_modules", name);
  if (existsSync(join(candidate, "package.json"))) return readManifest(candidate);
  const parent = dirname(folder);
  return parent === folder ? undefined : installedPackage(name, parent);
}

/** True for the `l3m` field of a plugin package, as opposed to tool settings, which live under the same name. */
export function isPluginField(field: unknown): field is { readonly namespace: string } {
  return isRecord(field) && typeof field["namespace"] === "string" && "apiVersion" in field;
}

function readManifest(folder: string): PackageManifest {
  const file = join(folder, "package.json");
  const json = parseJson(file);
  const groups = ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"].map(
    (key) => json[key],
  );
  const field = json["l3m"];
  return {
    folder,
    name: typeof json["name"] === "string" ? json["name"] : folder,
    dependencies: [...new Set(groups.flatMap((group) => (isRecord(group) ? Object.keys(group) : [])))],
    namespace: isPluginField(field) ? field.namespace : undefined,
    exports: json["exports"],
    main: typeof json["main"] === "string" ? json["main"] : undefined,
  };
}

function parseJson(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(json) ? json : {};
  } catch (cause) {
    const message = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`;
    throw new L3mError("L3M_CONFIG_SYNTAX", { message, where: { file }, cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
