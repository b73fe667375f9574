/**
 * Draws the package graph from the imports in the sources.
 * `npm run graph` prints it, `-- --write` puts it into ARCHITECTURE.md, `-- --check` fails when the page shows another.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cruisePackages } from "./cruise.ts";
import { embed, extract } from "./marked-block.ts";
import { drawMermaid } from "./mermaid.ts";
import { readPackages } from "./packages.ts";

const root = join(import.meta.dirname, "..", "..");
const page = join(root, "ARCHITECTURE.md");
const [mode] = process.argv.slice(2);

const { imports } = await cruisePackages(root);
const picture = drawMermaid(readPackages(root), imports);

if (mode === "--write") {
  writeFileSync(page, embed(readFileSync(page, "utf8"), picture));
} else if (mode !== "--check") {
  console.log(picture);
} else if (existsSync(page) && extract(readFileSync(page, "utf8")) === picture) {
  console.log("ARCHITECTURE.md shows the packages as they are.");
} else {
  console.error("ARCHITECTURE.md shows other packages than the sources have. Run `npm run graph -- --write`.");
  process.exitCode = 1;
}
