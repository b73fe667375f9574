/** Tool settings: where they are found, what they take, and that a plugin's `l3m` field is none. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { isL3mError, L3mErrors } from "@l3m/errors";
import { loadToolSettings } from "../src/tool-settings.ts";
import { placesOf } from "./caught-errors.ts";
import { folderWith } from "./config-files.ts";

const DEFAULTS = {
  file: null,
  cacheDir: null,
  plugins: [],
  mirrors: { pypi: null },
  gpu: { memoryFraction: null, preallocate: null },
  terminal: { progress: "auto" },
};

it("is all defaults where nothing is found", async () => {
  expect(await loadToolSettings(folderWith({ "package.json": "{}" }))).toEqual(DEFAULTS);
});

it("reads the l3m field of package.json, paths relative to it, from a folder below", async () => {
  const folder = folderWith({
    "package.json": JSON.stringify({
      l3m: { cacheDir: "cache", plugins: ["./p.js", "l3m-plugin-x"], terminal: { progress: "lines" } },
    }),
    "a/b/c.yaml": "",
  });
  expect(await loadToolSettings(join(folder, "a/b"))).toEqual({
    ...DEFAULTS,
    file: join(folder, "package.json"),
    cacheDir: join(folder, "cache"),
    plugins: [join(folder, "p.js"), "l3m-plugin-x"],
    terminal: { progress: "lines" },
  });
});

it.each([
  ["l3m.config.yaml", "mirrors: {pypi: https://mirror.example/simple}"],
  ["l3m.config.json", '{"mirrors": {"pypi": "https://mirror.example/simple"}}'],
  ["l3m.config.mjs", 'export default { mirrors: { pypi: "https://mirror.example/simple" } };'],
])("passes over a plugin's l3m field and reads %s", async (name, content) => {
  const folder = folderWith({
    "package.json": JSON.stringify({ l3m: { apiVersion: 1, namespace: "x" } }),
    [name]: content,
  });
  expect((await loadToolSettings(folder)).mirrors).toEqual({
    pypi: "https://mirror.example/simple",
  });
});

it("refuses what would change a run's numbers, and other mistakes, with their places", async () => {
  const folder = folderWith({
    "l3m.config.yaml": "engine: xla\ncachedir: x\nterminal:\n  progress: blue\nmirrors: {pypi: here}\n",
  });
  const error = await loadToolSettings(folder).catch((caught: unknown) => caught);
  const errors = error instanceof L3mErrors ? error.errors : [];
  expect(placesOf(errors).sort()).toEqual([
    "L3M_BAD_OPTION 4:13 terminal.progress",
    "L3M_BAD_OPTION 5:17 mirrors.pypi",
    "L3M_UNKNOWN_OPTION 1:1 engine",
    "L3M_UNKNOWN_OPTION 2:1 cachedir",
  ]);
  expect(errors.find(({ details }) => details.where?.path === "engine")?.details.fix).toMatch(/goes into its YAML/);
});

it("reports broken YAML with its position", async () => {
  const error = await loadToolSettings(folderWith({ "l3m.config.yaml": "a: 1\na: 2" })).catch(
    (caught: unknown) => caught,
  );
  expect(isL3mError(error) && error.details.where).toMatchObject({ line: 2, column: 1 });
});
