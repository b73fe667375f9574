/** The CPU plugin that tests run on: found, or installed into the cache on first use. And the built package, for child processes. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { ensurePlugin } from "@l3m/pjrt";

export function cpuPlugin(): Promise<string> {
  return ensurePlugin("cpu");
}

/** Compiles the package and returns its entry point, which a plain Node process can import. */
export function builtPackage(): string {
  const root = path.resolve(import.meta.dirname, "..");
  execFileSync(process.execPath, [createRequire(import.meta.url).resolve("typescript/bin/tsc"), "-b", root]);
  return path.join(root, "dist/index.js");
}
