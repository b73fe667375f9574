/**
 * Installs packed tarballs into an empty project outside the repository and imports them there, as a user's project
 * would. `tsx tools/checks/pack-smoke.ts clip-loss cli`; needs a build. Each package gets a project of its own, with
 * the tarballs of what it depends on.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packWorkspaces } from "./pack-workspaces.ts";

const root = join(import.meta.dirname, "..", "..");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The folder and, recursively, the folders of our packages that it needs at run time. */
function withDependencies(folder: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(folder)) return found;
  found.add(folder);
  const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (name.startsWith("@l3m/")) withDependencies(name.slice("@l3m/".length), found);
  }
  return found;
}

function tryInstall(folder: string): void {
  const project = mkdtempSync(join(tmpdir(), `l3m-smoke-${folder}-`));
  try {
    const packed = packWorkspaces(root, [...withDependencies(folder)], project);
    const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: project,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const program = `const loaded = await import("@l3m/${folder}"); console.log(Object.keys(loaded).length);`;
    const names = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: project,
      encoding: "utf8",
    });
    console.log(
      `ok      @l3m/${folder}: installed with ${packed.length - 1} of our packages, exports ${names.trim()} names`,
    );
  } finally {
    rmSync(project, { recursive: true });
  }
}

for (const folder of process.argv.slice(2)) tryInstall(folder);
