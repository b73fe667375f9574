#!/usr/bin/env node
// Entry point of the l3m command. In a checkout whose compiled code is missing or older than its sources it compiles first.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

const here = path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, "../../..");

/** Newest modification time of the TypeScript files under a folder, in milliseconds. */
function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) time = Math.max(time, newest(full));
    else if (entry.name.endsWith(".ts")) time = Math.max(time, statSync(full).mtimeMs);
  }
  return time;
}

/** Packages of this checkout whose dist is missing or older than their src; none outside a checkout. */
function stalePackages() {
  const packages = path.join(root, "packages");
  if (!existsSync(path.join(root, "tsconfig.json")) || !existsSync(path.join(packages, "cli", "src"))) return [];
  return readdirSync(packages).filter((name) => {
    const source = path.join(packages, name, "src");
    const stamp = path.join(packages, name, "dist", ".tsbuildinfo");
    return existsSync(source) && (!existsSync(stamp) || newest(source) > statSync(stamp).mtimeMs);
  });
}

const stale = stalePackages();
if (stale.length > 0) {
  const start = Date.now();
  process.stderr.write(
    `l3m: compiling ${stale.length} package${stale.length === 1 ? "" : "s"} of this checkout (first use, or sources changed) ...\n`,
  );
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [tsc, "-b", ...stale.map((name) => path.join("packages", name))], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write("l3m: the sources do not compile; see the messages above.\n");
    process.exit(1);
  }
  process.stderr.write(`l3m: compiled in ${((Date.now() - start) / 1000).toFixed(0)} s\n`);
}

const { main } = await import("../dist/main.js");
process.exitCode = await main(process.argv.slice(2));
