/** Packs packages the way `npm publish` would, without publishing. Needs a build. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export interface PackedPackage {
  /** For example `@l3m/clip-loss`. */
  readonly name: string;
  /** Absolute path of the `.tgz`. */
  readonly tarball: string;
}

/** One tarball a package that is not private, written to `destination`. */
export function packWorkspaces(
  root: string,
  folders: readonly string[],
  destination: string,
): readonly PackedPackage[] {
  const workspaces = folders.flatMap((folder) => ["--workspace", `packages/${folder}`]);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination, ...workspaces];
  const output = execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const listing = JSON.parse(output) as readonly Listed[] | Readonly<Record<string, Listed>>;
  // npm 10 prints a list, npm 11 an object by name
  return Object.values(listing).map(({ name, filename }) => ({ name, tarball: join(destination, filename) }));
}

interface Listed {
  readonly name: string;
  readonly filename: string;
}
