/** The program of README.md trains, and the pages link to files that exist. */
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildOnce, ROOT, startNode } from "../../e2e/run-l3m.ts";
import { tinyProject, type TinyProject } from "../../e2e/tiny-project.ts";
import { codeFiles } from "../code-files.ts";

const DOCS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
const pages = [
  ...DOCS,
  ...readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join("docs", file)),
];
const read = (page: string): string => readFileSync(path.join(ROOT, page), "utf8");

let project: TinyProject;
beforeAll(async () => {
  await buildOnce();
  project = await tinyProject();
});
afterAll(() => project.remove());

test("the program trains", async () => {
  symlinkSync(path.join(ROOT, "node_modules"), project.file("node_modules")); // what `npm install` would bring
  writeFileSync(project.file("train.mjs"), codeFiles(read("README.md")).get("train.mjs") ?? "");
  const { stdout, code: exitCode } = await startNode(["train.mjs", project.config], { cwd: project.folder }).ended;
  expect(stdout).toContain("8 steps, in runs/mine");
  expect(exitCode).toBe(0);
  expect(existsSync(project.file("runs", "mine", "report.html"))).toBe(true);
});

test.each(pages)("%s links to files and sections that exist", (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)];
  for (const [link, target = "", section] of links) {
    const file = target === "" ? page : path.join(path.dirname(page), target);
    expect(existsSync(path.join(ROOT, file)), link).toBe(true);
    if (section !== undefined) expect(anchors(read(file)), link).toContain(section);
  }
});

/** Anchors of the headings, as GitHub makes them. */
function anchors(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = ""]) =>
      `#${heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, "")
        .replaceAll(" ", "-")}`,
  );
}
