/**
 * Writes docs/errors.md from the table of error codes; `--check` fails when the page is not what the table says.
 * The comments between the codes in codes.ts are the page's headings.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ERROR_CODES, type ErrorCode } from "../../packages/errors/src/codes.ts";
import { renderErrorsPage } from "./errors-page.ts";

const root = join(import.meta.dirname, "..", "..");
const page = join(root, "docs", "errors.md");
const expected = renderErrorsPage(ERROR_CODES, readFileSync(join(root, "packages/errors/src/codes.ts"), "utf8"));

if (!process.argv.includes("--check")) {
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, expected);
} else if (readFileSync(page, "utf8") === expected) {
  console.log(`docs/errors.md has all ${Object.keys(ERROR_CODES).length} codes.`);
} else {
  const text = readFileSync(page, "utf8");
  const missing = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => !text.includes(`### ${code}\n`));
  console.error(
    `docs/errors.md is not what codes.ts says (missing: ${missing.join(", ") || "none"}). Run \`npm run gen\`.`,
  );
  process.exitCode = 1;
}
