/** The one package that cannot be bundled, for programs that lie beside it. */
import { cpSync, rmSync, statSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Copies koffi's JavaScript and its library for x86-64 with glibc into the folder `modules`, which is made anew. */
export function packKoffi(modules: string): void {
  const koffi = path.join(ROOT, "node_modules", "koffi");
  const native = path.join(koffi, "..", "@koromix", "koffi-linux-x64");
  rmSync(modules, { recursive: true, force: true });
  const isScript = (file: string): boolean => statSync(file).isDirectory() || /\.c?js$|package\.json$/.test(file);
  for (const part of ["package.json", "index.js", "index.cjs", "src"])
    cpSync(path.join(koffi, part), path.join(modules, "koffi", part), { recursive: true, filter: isScript });
  for (const file of ["package.json", "index.js", "linux_x64"])
    cpSync(path.join(native, file), path.join(modules, "@koromix/koffi-linux-x64", file), { recursive: true });
}
