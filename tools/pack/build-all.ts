/** Compiles every package of the checkout. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { buildOnce, ROOT } from "../e2e/run-l3m.ts";

/** `tsc -b`, after what the command needs, so that test files do not compile the same package at the same time. */
export async function buildAll(): Promise<void> {
  await buildOnce();
  await promisify(execFile)(process.execPath, [path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b"], {
    cwd: ROOT,
  });
}
