/** The packages of the repository as their package.json files describe them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface PackageInfo {
  /** Name of the folder, for example `clip-loss`. */
  readonly folder: string;
  /** The `layer:` tag, for example `block`. */
  readonly layer: string;
  readonly isPrivate: boolean;
}

interface Manifest {
  readonly private?: boolean;
  readonly nx?: { readonly tags?: readonly string[] };
}

/** All of `packages/*` at `root`, in alphabetical order. */
export function readPackages(root: string): readonly PackageInfo[] {
  const folders = readdirSync(join(root, "packages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => {
      const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest;
      const tag = manifest.nx?.tags?.find((text) => text.startsWith("layer:")) ?? "layer:none";
      return { folder: name, layer: tag.slice("layer:".length), isPrivate: manifest.private === true };
    })
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}
