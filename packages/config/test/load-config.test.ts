/** Loading: extends, overrides, late interpolation, places, precedence. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { configFromTree, loadConfig, type LoadConfigOptions } from "../src/load-config.ts";
import type { LoadedConfig } from "../src/loaded-config.ts";
import { caughtErrors, placesOf } from "./caught-errors.ts";
import { folderWith } from "./config-files.ts";

/** Loads `main.yaml` of some files; any key may be set unless `knownKeys` is given. */
function load(files: Readonly<Record<string, string>> | string, options: LoadConfigOptions = {}): LoadedConfig {
  const folder = folderWith(typeof files === "string" ? { "main.yaml": files } : files);
  return loadConfig(join(folder, "main.yaml"), { env: {}, ...options });
}

it("takes the file over its bases, later bases over earlier ones, and the command line over all", () => {
  const files = {
    "a.yaml": "from: a\nonly_a: 1\nmap: {a: 1, shared: a}\nlist: [1, 2, 3]",
    "b/b.yaml": "extends: c.yaml\nfrom: b\nmap: {b: 1, shared: b}",
    "b/c.yaml": "from: c\nonly_c: 1",
    "main.yaml": "extends: [./a.yaml, b/b.yaml]\nmap: {main: 1}\nlist: [9]\nfrom: main",
  };
  const { tree } = load(files, { overrides: ["map.main=2", "from=first", "from=cli"] });
  expect(tree).toEqual({ from: "cli", only_a: 1, map: { a: 1, shared: "b", b: 1, main: 2 }, list: [9], only_c: 1 });
});

it("resolves after merging, so an overridden constant reaches everything that refers to it", () => {
  const files = {
    "base.yaml": "optim: {lr: 1e-3}\nend: ${optim.lr}\nname: run-${optim.lr}",
    "main.yaml": "extends: base.yaml",
  };
  expect(load(files, { overrides: ["optim.lr=1e-5"] }).tree).toEqual({
    optim: { lr: 1e-5 },
    end: 1e-5,
    name: "run-1e-05",
  });
});

it("changes a private copy when an override leads through a reference", () => {
  const yaml = "tok: {block: t, length: 77, deep: [{x: 1}]}\na: ${tok}\nb: ${tok}";
  const { tree, place } = load(yaml, {
    overrides: ["a.length=64", "+a.extra=${tok.length}", "a.deep.0.x=5", "~b.deep"],
  });
  expect(tree).toEqual({
    tok: { block: "t", length: 77, deep: [{ x: 1 }] },
    a: { block: "t", length: 64, deep: [{ x: 5 }], extra: 77 },
    b: { block: "t", length: 77 },
  });
  expect(place("a.length")).toEqual({ file: "command line", path: "a.length" });
  expect(place("a.block")).toMatchObject({ line: 1, column: 14, path: "a.block" });
});

it("overrides list elements, adds with + and deletes with ~", () => {
  const yaml = "steps: [{n: 1}, {n: 2}]\nnothing: null";
  const overrides = [
    "steps.1.n=5",
    "steps[0].n=${steps.1.n}",
    "+steps.2={n: 7}",
    "+deep.er.key=[1, x]",
    "~nothing",
    "+a[b.c].d=yes it is",
  ];
  expect(load(yaml, { overrides }).tree).toEqual({
    steps: [{ n: 5 }, { n: 5 }, { n: 7 }],
    deep: { er: { key: [1, "x"] } },
    a: { "b.c": { d: "yes it is" } },
  });
});

it("sets keys of the experiment schema without +, even below null", () => {
  const { tree } = load("mesh: null\nexperiment: {name: x}", { overrides: ["experiment.seed=3", "mesh.devices=2"] });
  expect(tree).toEqual({ mesh: { devices: 2 }, experiment: { name: "x", seed: 3 } });
});

it("says for every wrong override what was meant", () => {
  const overrides = [
    "experiment.sede=3",
    "optm.lr=1",
    "list.3=1",
    "list.x=1",
    "name.x=1",
    "~optim.l",
    "-v",
    "optim",
    "~optim=1",
    "a..b=1",
    "name=[1",
    "=5",
  ];
  const errors = caughtErrors(() =>
    load("experiment: {name: x}\noptim: {lr: 1}\nlist: [1, 2, 3]\nname: n", { overrides }),
  );
  expect(errors.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => "L3M_CONFIG_OVERRIDE")); // malformed tokens come first
  const fitting = overrides.slice(0, 6);
  const misfits = caughtErrors(() =>
    load("experiment: {name: x}\noptim: {lr: 1}\nlist: [1, 2, 3]\nname: n", { overrides: fitting }),
  );
  expect(misfits.map(({ details }) => details.message)).toEqual([
    'experiment.sede=3: "experiment" has no "sede". Did you mean "seed"?',
    'optm.lr=1: the config has no "optm". Did you mean "optim"?',
    'list.3=1: "list" has no "3".',
    'list.x=1: "list" has no "x".',
    'name.x=1: "name" has no "x".',
    '~optim.l: "optim" has no "l". Did you mean "lr"?',
  ]);
  expect(misfits.map(({ details }) => details.where?.file)).toEqual(fitting.map(() => "command line"));
  expect(misfits[2]?.details.got).toBe('"list" is a list with elements 0 to 2');
  expect(misfits[0]?.details.fix).toBe("Write +experiment.sede=3 to add a new key.");
});

it("reports an override that fits nowhere below a reference", () => {
  const errors = caughtErrors(() => load("tok: {length: 77}\na: ${tok}", { overrides: ["a.lenght=64"] }));
  expect(errors.map(({ details }) => details.message)).toEqual([
    'a.lenght=64: "a" has no "lenght". Did you mean "length"?',
  ]);
});

it("gives the place of every node: files, bases, references, command line, and missing keys", () => {
  const files = {
    "sub/base.yaml": "optim:\n  lr: 1\n",
    "main.yaml": "extends: sub/base.yaml\nlist:\n  - a\n  - {k: 1}\nref: ${list}\n",
  };
  const config = load(files, { overrides: ["+x.y=1"] });
  const position = (path: string, part?: "key" | "value") => {
    const { file, line, column } = config.place(path, part);
    return [
      file
        ?.split("/")
        .slice(-2)
        .join("/")
        .replace(/^l3m-config-\w+\//, ""),
      line,
      column,
    ];
  };
  expect(position("optim.lr")).toEqual(["sub/base.yaml", 2, 7]);
  expect(position("optim.lr", "key")).toEqual(["sub/base.yaml", 2, 3]);
  expect(position("list.1.k")).toEqual(["main.yaml", 4, 9]);
  expect(position("list[0]")).toEqual(["main.yaml", 3, 5]);
  expect(position("ref")).toEqual(["main.yaml", 5, 6]);
  expect(position("ref.1.k")).toEqual(["main.yaml", 4, 9]);
  expect(position("x.y")).toEqual(["command line", undefined, undefined]);
  expect(config.place("optim.betas.0")).toMatchObject({ line: 1, column: 1, path: "optim.betas.0" });
});

it("reports a missing file, a missing base, a circle of bases and a mandatory value", () => {
  expect(placesOf(caughtErrors(() => loadConfig("/nowhere/x.yaml")))).toEqual(["L3M_CONFIG_NOT_FOUND :"]);
  expect(placesOf(caughtErrors(() => load("a: 1\nextends:\n  - gone.yaml\n  - 5\n")))).toEqual([
    "L3M_CONFIG_EXTENDS 4:5 extends",
    "L3M_CONFIG_EXTENDS 3:5 extends",
  ]);
  const circle = caughtErrors(() => load({ "main.yaml": "extends: b.yaml", "b.yaml": "x: 1\nextends: main.yaml" }));
  expect(placesOf(circle)).toEqual(["L3M_CONFIG_EXTENDS 2:10 extends"]);
  expect(circle[0]?.details.message).toMatch(/main\.yaml -> .*b\.yaml -> .*main\.yaml/);
  const open = caughtErrors(() => load("data:\n  root: ???\n"));
  expect(placesOf(open)).toEqual(["L3M_BAD_OPTION 2:9 data.root"]);
  expect(load("data:\n  root: ???\n", { overrides: ["data.root=/tmp"] }).tree).toEqual({ data: { root: "/tmp" } });
});

it("two bases that share a base are no circle", () => {
  const files = {
    "a.yaml": "extends: c.yaml\na: 1",
    "b.yaml": "extends: c.yaml\nb: 1",
    "c.yaml": "c: 1",
    "main.yaml": "extends: [a.yaml, b.yaml]",
  };
  expect(load(files).tree).toEqual({ c: 1, a: 1, b: 1 });
});

it("refuses to merge a list with a map, and says where both stand", () => {
  const errors = caughtErrors(() =>
    load({ "base.yaml": "x: 1\na: [1]", "main.yaml": "extends: base.yaml\na: {k: 1}" }),
  );
  expect(placesOf(errors)).toEqual(["L3M_BAD_OPTION 2:4 a"]);
  expect(errors[0]?.details.expected).toMatch(/^a list of 1, as in .*base\.yaml:2$/);
});

it("warns about scalars that few expect to mean what they mean, and about options left over from a replaced block", () => {
  const files = {
    "base.yaml": "loss: {loss: a/one, weight: 2}",
    "main.yaml":
      "extends: base.yaml\nloss: {loss: a/two}\nsteps: 125_000\nflag: yes\nquoted: 'yes'\nmode: 010\ntime: 1:30\nlr: 1e-4\nold: 08\nnot: None",
  };
  const { tree, warnings } = load(files);
  expect(tree).toMatchObject({ steps: 125000, flag: true, quoted: "yes", mode: 8, time: 90, lr: 1e-4, old: "08" });
  expect(warnings.map(({ message, where }) => [where.line, message])).toEqual([
    [4, "yes is a boolean here. Write true, or quote it."],
    [6, "010 is the octal number for 8. Write 8, or quote it."],
    [7, "1:30 is the base-60 number for 90. Write 90, or quote it."],
    [9, "08 is text here, not a number. Write it another way, or quote it."],
    [10, "None is text here. Write null for no value, or quote it."],
    [2, '"a/two" replaces "a/one" and keeps its options weight.'],
  ]);
});

it("compat: resolves each file alone, merges the defaults under it and the overrides over it", () => {
  const files = {
    "defaults.yaml": "experiment: {seed: 0}\nconstants: {size: 224}",
    "main.yaml": "constants: {width: 16}\nmodel: {dim: '${constants.width}'}",
  };
  const folder = folderWith(files);
  const options = { env: {}, defaults: join(folder, "defaults.yaml") };
  const upstream = loadConfig(join(folder, "main.yaml"), {
    ...options,
    compat: true,
    overrides: ["constants.width=32", "model.late=${constants.width}", "+a=1", "~b", "--foo", "5"],
  });
  expect(upstream.tree).toEqual({
    experiment: { seed: 0 },
    constants: { size: 224, width: 32 },
    model: { dim: 16, late: 32 },
    "+a": 1,
    "~b": null,
    "--foo": null,
    "5": null,
  });
  const late = loadConfig(join(folder, "main.yaml"), { ...options, overrides: ["constants.width=32"] });
  expect(late.tree).toMatchObject({ constants: { size: 224, width: 32 }, model: { dim: 32 } });
});

it("compat: refuses a reference to another file and an override of a list element, with places", () => {
  const folder = folderWith({ "defaults.yaml": "x: {seed: 1}", "main.yaml": "a: 1\nb: ${x.seed}\n" });
  const lonely = { compat: true, defaults: join(folder, "defaults.yaml") };
  expect(placesOf(caughtErrors(() => loadConfig(join(folder, "main.yaml"), lonely)))).toEqual([
    "L3M_CONFIG_INTERPOLATION 2:4 b",
  ]);
  const errors = caughtErrors(() => load("list: [{n: 1}]", { compat: true, overrides: ["list.0.n=2"] }));
  expect(placesOf(errors)).toEqual(["L3M_BAD_OPTION : list"]);
});

it("shows the line of a mistake with a caret under it", () => {
  const [error] = caughtErrors(() => load("a: 1\nmodel:\n  dim: ${constants.width}\n"));
  expect(error?.message.split("\n").slice(2, 4)).toEqual(["    3 |   dim: ${constants.width}", "      |        ^"]);
});

it("anyKey: overrides make keys that nothing knows", () => {
  expect(load("a: 1", { anyKey: true, overrides: ["b.c=2"] }).tree).toEqual({ a: 1, b: { c: 2 } });
});

it("takes a plain object in place of a file", () => {
  const config = configFromTree(
    { constants: { n: 2 }, list: ["${constants.n}", 0.5], name: "run-${constants.n}" },
    { overrides: ["constants.n=3"] },
  );
  expect(config.tree).toEqual({ constants: { n: 3 }, list: [3, 0.5], name: "run-3" });
  expect(config.place("name")).toEqual({ file: "config object", path: "name" });
  expect(placesOf(caughtErrors(() => configFromTree({ a: "${b}" })))).toEqual(["L3M_CONFIG_INTERPOLATION : a"]);
});
