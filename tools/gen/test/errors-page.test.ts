/** The errors page has one section a code, both ways, and is committed up to date. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ERROR_CODES } from "@l3m/errors";
import { renderErrorsPage } from "../errors-page.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const page = readFileSync(join(root, "docs", "errors.md"), "utf8");

test("sections of docs/errors.md and codes of the table are the same", () => {
  const sections = [...page.matchAll(/^### (\S+)$/gm)].map((match) => match[1]);
  expect(sections).toEqual(Object.keys(ERROR_CODES));
});

test("docs/errors.md is what the generator writes", () => {
  expect(page).toBe(renderErrorsPage(ERROR_CODES, readFileSync(join(root, "packages/errors/src/codes.ts"), "utf8")));
});

test("comments between the codes become headings", () => {
  const text = renderErrorsPage(
    { L3M_A: "First.", L3M_B: "Second." },
    '{\n  L3M_A: "First.",\n  // data\n  L3M_B: "Second.",\n}',
  );
  expect(text).toContain("## General\n\n### L3M_A\n\nFirst.\n\n## Data\n\n### L3M_B\n\nSecond.\n");
});
