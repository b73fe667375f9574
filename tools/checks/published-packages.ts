/**
 * Checks every package as npm would publish it: publint (package.json against the files) and "are the types wrong"
 * (types against code for ESM importers; CommonJS is not offered). Needs a build. Ends with exit code 1 on a problem.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readPackages } from "../package-graph/packages.ts";
import { packWorkspaces } from "./pack-workspaces.ts";

const root = join(import.meta.dirname, "..", "..");

/** Errors and warnings about package.json and the files that it names. */
async function lintManifest(tarball: Buffer): Promise<readonly string[]> {
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(tarball).buffer },
    level: "warning",
    strict: true,
  });
  return messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
}

/** Entry points whose types and code disagree for somebody who imports them as ESM. */
async function checkTypes(tarball: Buffer): Promise<readonly string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (analysis.types === false) return ["attw: the package has no types"];
  return analysis.problems
    .filter((problem) =>
      (["node16-esm", "bundler"] as const).some((kind) => problemAffectsResolutionKind(problem, kind, analysis)),
    )
    .map((problem) => `attw: ${JSON.stringify(problem)}`);
}

const folder = mkdtempSync(join(tmpdir(), "l3m-pack-"));
const published = readPackages(root).filter((entry) => !entry.isPrivate);
for (const { name, tarball } of packWorkspaces(
  root,
  published.map((entry) => entry.folder),
  folder,
)) {
  const data = readFileSync(tarball);
  const problems = [...(await lintManifest(data)), ...(await checkTypes(data))];
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"}  ${name}  ${(data.length / 1024).toFixed(0)} kB`);
  for (const problem of problems) console.error(`        ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}
rmSync(folder, { recursive: true });
