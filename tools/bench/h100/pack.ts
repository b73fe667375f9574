/**
 * Packs what a GPU machine without Node and without a network needs into `.carry/`: this Node, the programs bundled,
 * and the native part of koffi.
 *
 *   npm run bench:h100:pack            then, on the other machine, from a copy of the repository:
 *   sh .carry/run.sh step configs/llm/257m.yaml
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { bundlePrograms } from "./bundle-programs.ts";
import { packKoffi } from "./pack-koffi.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const { values } = parseArgs({ options: { to: { type: "string", default: path.join(ROOT, ".carry") } } });
const folder = path.resolve(values.to);

mkdirSync(folder, { recursive: true });
packNode();
rmSync(path.join(folder, "programs"), { recursive: true, force: true });
await bundlePrograms(path.join(folder, "programs"));
packKoffi(path.join(folder, "node_modules"));
cpSync(path.join(import.meta.dirname, "run.sh"), path.join(folder, "run.sh"));
for (const name of readdirSync(import.meta.dirname).filter((file) => file.endsWith(".py")))
  cpSync(path.join(import.meta.dirname, name), path.join(folder, "programs", name));
console.log(`${folder}: ${(sizeOf(folder) / 2 ** 20).toFixed(1)} MiB`);

/** The running Node, compressed; kept when it is there already, since it takes most of a minute. */
function packNode(): void {
  const hash = createHash("sha256").update(readFileSync(process.execPath)).digest("hex");
  const note = path.join(folder, "node.sha256");
  if (existsSync(note) && readFileSync(note, "utf8").trim() === hash) return;
  const compressed = execFileSync("xz", ["-6", "-T0", "-c", process.execPath], { maxBuffer: 2 ** 28 });
  writeFileSync(path.join(folder, "node.xz"), compressed);
  writeFileSync(note, `${hash}\n`);
}

function sizeOf(file: string): number {
  const stats = statSync(file);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(file).reduce((sum, name) => sum + sizeOf(path.join(file, name)), 0);
}
