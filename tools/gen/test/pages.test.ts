/** The generated pages are committed up to date, and name everything that can be registered. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import preset from "@l3m/preset-l3m";
import { typeInWords } from "../json-schema.ts";
import { generatedPages } from "../pages.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

test.each(generatedPages(root).map((page) => [page.file, page.render] as const))(
  "%s is what the generator writes",
  (file, render) => {
    const page = read(file);
    expect(render(page)).toBe(page);
  },
);

test("every config key has a meaning", () => {
  const rows = read("docs/configs.md").matchAll(/^\| `(\w+)` \|.*\| (.*) \|$/gm);
  expect([...rows].filter(([, , meaning]) => meaning?.trim() === "").map(([, key]) => key)).toEqual([]);
});

test("the index links to a section of every registered thing", () => {
  const index = read("docs/blocks/README.md");
  for (const { namespace, provides } of preset) {
    const sections = [...read(`docs/blocks/${namespace}.md`).matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(provides.map(({ name }) => `${namespace}/${name}`));
    for (const section of sections) expect(index).toContain(`[\`${section}\`]`);
  }
});

test("types in words", () => {
  expect(typeInWords({ type: "integer", exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toBe("integer > 0");
  expect(typeInWords({ type: "number", minimum: 0, maximum: 1 })).toBe("number >= 0, <= 1");
  expect(typeInWords({ type: ["string", "null"] })).toBe("text or null");
  expect(typeInWords({ anyOf: [{ type: "null" }, { type: "array", items: { type: "integer" } }] })).toBe(
    "list of integer or null",
  );
  expect(typeInWords({ type: "array", items: [{ type: "number" }, { type: "number" }] })).toBe("[number, number]");
  expect(typeInWords({ enum: ["a", "b"] })).toBe("`a` or `b`");
});
