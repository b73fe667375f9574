/**
 * Writes the generated pages of docs/; `--check` fails when one of them is not what the sources say.
 * `npm run gen`, `npm run gen -- --check`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedPages } from "./pages.ts";

const root = join(import.meta.dirname, "..", "..");
const check = process.argv.includes("--check");

for (const { file, render } of generatedPages(root)) {
  const path = join(root, file);
  const current = existsSync(path) ? readFileSync(path, "utf8") : "";
  const expected = render(current);
  if (!check) {
    mkdirSync(dirname(path), { recursive: true });
    if (current !== expected) writeFileSync(path, expected);
  } else if (current === expected) {
    console.log(`${file} is what the sources say.`);
  } else {
    console.error(`${file} is not what the sources say. Run \`npm run gen\`.`);
    process.exitCode = 1;
  }
}
