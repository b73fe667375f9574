/** An empty project in which npm finds our packed packages, for tests that install them as a stranger does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packWorkspaces } from "../checks/pack-workspaces.ts";
import { ROOT } from "../e2e/run-l3m.ts";
import { readPackages } from "../package-graph/packages.ts";
import { buildAll } from "./build-all.ts";
import { serveTarballs } from "./loopback-registry.ts";

export interface EmptyProject {
  readonly folder: string;
  /** Ends the registry and removes the folder. */
  remove(): void;
}

/** Builds and packs every published package, and serves them to a new folder outside the workspace. */
export async function emptyProject(): Promise<EmptyProject> {
  await buildAll();
  const tarballs = mkdtempSync(path.join(tmpdir(), "l3m-packed-"));
  const folder = mkdtempSync(path.join(tmpdir(), "l3m-project-"));
  const published = readPackages(ROOT).filter(({ isPrivate }) => !isPrivate);
  const packed = packWorkspaces(
    ROOT,
    published.map((entry) => entry.folder),
    tarballs,
  );
  const registry = await serveTarballs(packed.map(({ tarball }) => tarball));
  // our scope from here; everything else from wherever npm is configured to look
  writeFileSync(path.join(folder, ".npmrc"), `@l3m:registry=${registry.url}\n`);
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return {
    folder,
    remove() {
      registry.close();
      for (const made of [tarballs, folder]) rmSync(made, { recursive: true, force: true });
    },
  };
}
