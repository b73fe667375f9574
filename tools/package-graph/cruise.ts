/** Runs dependency-cruiser with the repository's rules and reads its answer. */
import { execFile } from "node:child_process";
import { join } from "node:path";

const PROGRAM = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "depcruise");

/** One import that a rule forbids. */
export interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

/** One import of one module, with the path it resolves to (relative to the root). */
export interface ModuleImport {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
}

export interface CruiseReport {
  readonly imports: readonly ModuleImport[];
  readonly violations: readonly Violation[];
}

interface CruiserOutput {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string; readonly dynamic: boolean }[];
  }[];
  readonly summary: {
    readonly violations: readonly { from: string; to: string; rule: { name: string; severity: string } }[];
  };
}

/** Cruises `packages/` of the repository at `root` with the `.dependency-cruiser.cjs` that lies there. */
export async function cruisePackages(root: string): Promise<CruiseReport> {
  const output = JSON.parse(await runCruiser(root)) as CruiserOutput;
  return {
    imports: output.modules.flatMap((module) =>
      module.dependencies.map(({ resolved, dynamic }) => ({ from: module.source, to: resolved, dynamic })),
    ),
    violations: output.summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name })),
  };
}

function runCruiser(root: string): Promise<string> {
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "packages"];
  return new Promise((resolve, reject) => {
    execFile(PROGRAM, args, { cwd: root, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      // the exit code of the JSON reporter tells nothing; an empty answer does
      if (stdout === "") reject(new Error(`dependency-cruiser gave no answer: ${stderr || String(error)}`));
      else resolve(stdout);
    });
  });
}
