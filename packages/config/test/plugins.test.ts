/** Plugin lookup in folders with fake installed packages: precedence, local files, and every way it goes wrong. */
import { join } from "node:path";
import { definePlugin } from "@l3m/core";
import { L3mErrors } from "@l3m/errors";
import { expect, it } from "vitest";
import { findPlugins, type PluginSource } from "../src/plugins/find-plugins.ts";
import { loadPlugins } from "../src/plugins/load-plugins.ts";
import { caughtErrors } from "./caught-errors.ts";
import { folderWith } from "./config-files.ts";

function plugin(name: string, namespace: string, extra: Record<string, unknown> = {}): Record<string, string> {
  const manifest = {
    name,
    type: "module",
    exports: { ".": { types: "./x.d.ts", import: "./main.js" } },
    l3m: { apiVersion: 1, namespace },
    ...extra,
  };
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify(manifest),
    [`node_modules/${name}/main.js`]: `export default { apiVersion: 1, namespace: "${namespace}", provides: [], from: "${name}" };`,
  };
}

const preset = [definePlugin({ namespace: "optim", provides: [] }), definePlugin({ namespace: "moe", provides: [] })];
const summary = (sources: readonly PluginSource[]) =>
  sources.map(({ from, name, namespace }) => [from, name, namespace]);

it("takes direct dependencies, then the config's plugins, then the preset", async () => {
  const folder = folderWith({
    "package.json": JSON.stringify({
      dependencies: { "@x/moe": "1", lodash: "4", "not-installed": "1" },
      devDependencies: { "l3m-plugin-b": "1" },
    }),
    "configs/deep/c.yaml": "",
    "configs/deep/mine.js": 'export default { apiVersion: 1, namespace: "mine", provides: [] };',
    "node_modules/lodash/package.json": JSON.stringify({ name: "lodash" }),
    ...plugin("@x/moe", "moe"),
    ...plugin("l3m-plugin-b", "b", { exports: "./main.js" }),
    ...plugin("listed", "listed", { exports: undefined, main: "main.js" }),
    ...plugin("unlisted", "unlisted"),
  });
  const sources = findPlugins(join(folder, "configs/deep/c.yaml"), ["listed", "./mine.js"], preset);
  expect(summary(sources)).toEqual([
    ["dependency", "@x/moe", "moe"],
    ["dependency", "l3m-plugin-b", "b"],
    ["config", "listed", "listed"],
    ["config", "./mine.js", undefined],
    ["preset", "optim", "optim"],
  ]);
  const loaded = await loadPlugins(sources);
  expect(loaded.map(({ plugin: object }) => object)).toMatchObject([
    { namespace: "moe", from: "@x/moe" },
    { namespace: "b", from: "l3m-plugin-b" },
    { namespace: "listed" },
    { namespace: "mine" },
    { namespace: "optim" },
  ]);
  expect(loaded.at(-1)?.plugin).toBe(preset[0]);
});

it("names the install command and the place of a missing plugin, all at once", () => {
  const folder = folderWith({
    "c.yaml": "",
    "node_modules/lodash/package.json": JSON.stringify({ name: "lodash", l3m: { cacheDir: "x" } }),
  });
  const place = (index: number) => ({ file: "c.yaml", line: 7 + index, column: 5, path: `plugins.${index}` });
  const errors = caughtErrors(() =>
    findPlugins(join(folder, "c.yaml"), ["@l3m/moe", "./gone.js", "lodash"], preset, place),
  );
  expect(errors.map(({ code, details }) => [code, details.where?.line, details.fix])).toEqual([
    ["L3M_MISSING_PLUGIN", 7, "npm install @l3m/moe"],
    ["L3M_MISSING_PLUGIN", 8, "Paths in plugins: are relative to the config."],
    ["L3M_BAD_PLUGIN", 9, undefined],
  ]);
});

it("refuses two packages for one namespace, and a package without its main module", () => {
  const folder = folderWith({
    "package.json": JSON.stringify({ dependencies: { one: "1", broken: "1" } }),
    ...plugin("one", "same"),
    ...plugin("two", "same"),
    "node_modules/broken/package.json": JSON.stringify({
      name: "broken",
      exports: "./dist/index.js",
      l3m: { apiVersion: 1, namespace: "broken" },
    }),
  });
  const errors = caughtErrors(() => findPlugins(join(folder, "c.yaml"), ["two", "one"], []));
  expect(errors.map(({ code, details }) => [code, details.got])).toEqual([
    ["L3M_BAD_PLUGIN", "./dist/index.js"],
    ["L3M_DUPLICATE_NAME", "one (dependency) and two (config)"],
  ]);
});

it("says which plugin cannot be imported, and why", async () => {
  const folder = folderWith({ "c.yaml": "", "bad.mjs": "export default missing.thing;" });
  const sources = findPlugins(join(folder, "c.yaml"), ["./bad.mjs"], []);
  await expect(loadPlugins(sources)).rejects.toMatchObject({
    code: "L3M_BAD_PLUGIN",
    details: { message: expect.stringContaining("missing is not defined") },
  });
});

it("lets core refuse a default export that is no plugin, or one for another API", async () => {
  const folder = folderWith({
    "c.yaml": "",
    "no.mjs": "export const x = 1;",
    "old.mjs": 'export default { apiVersion: 99, namespace: "old", provides: [] };',
  });
  const sources = findPlugins(join(folder, "c.yaml"), ["./no.mjs", "./old.mjs"], []);
  const error = await loadPlugins(sources).catch((caught: unknown) => caught);
  expect(
    error instanceof L3mErrors
      ? error.errors.map(({ code, details }) => [code, details.where?.file, details.got])
      : error,
  ).toEqual([
    ["L3M_BAD_PLUGIN", join(folder, "no.mjs"), "no default export"],
    ["L3M_BAD_PLUGIN", join(folder, "old.mjs"), "apiVersion 99"],
  ]);
});
