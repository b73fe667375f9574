/**
 * Which package may import which: the dependency law of ARCHITECTURE.md as data.
 * Every package says its layer and environment in its own package.json (`nx.tags`); this file says what a layer may use.
 * `npm run depcheck` enforces it; `npm run graph` draws the same packages.
 */
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * What a layer may import, besides itself being one package: names of layers, or `@name` for one package.
 * Everything may import `errors`. The layer `app` has one row per package.
 */
const MAY_IMPORT = {
  errors: [],
  ir: [],
  native: [],
  kernels: [],
  backend: ["kernels", "ir", "native"],
  core: ["kernels"],
  block: ["core"],
  train: ["core"],
  "data-plugin": ["core", "@data"],
  testing: ["core", "@config", "@data", "@optim"],
  preset: ["core", "block", "train"],
  "app/config": ["core"],
  "app/train": ["@config", "core", "train", "kernels", "native", "backend"],
  "app/cli": ["@config", "core", "@data", "native", "preset", "@train"],
};

/** Packages of the registry that only some of ours may import; the values are path patterns. */
const RESERVED = {
  koffi: "^packages/pjrt/",
  yaml: "^packages/config/",
  cosmiconfig: "^packages/config/",
  tsyringe: "^packages/core/src/registry/container\\.ts$",
  "reflect-metadata": "^packages/core/src/registry/container\\.ts$",
  commander: "^packages/cli/",
  "@commander-js/extra-typings": "^packages/cli/",
  "cli-progress": "^packages/cli/",
  picocolors: "^packages/cli/",
};

/** Engines are loaded when a run asks for them, never because a module was imported. */
const ENGINES = [
  "^packages/tfjs-backend-xla/",
  "(^|/)node_modules/@tensorflow/tfjs-(node|node-gpu|backend-wasm|backend-cpu)/",
];

const packages = readdirSync(join(__dirname, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => describePackage(entry.name));

function describePackage(name) {
  const manifest = JSON.parse(readFileSync(join(__dirname, "packages", name, "package.json"), "utf8"));
  const tag = (dimension) =>
    manifest.nx?.tags?.find((text) => text.startsWith(`${dimension}:`))?.slice(dimension.length + 1);
  const layer = tag("layer");
  const environment = tag("env");
  const row = layer === "app" ? `app/${name}` : layer;
  if (row === undefined || MAY_IMPORT[row] === undefined) {
    throw new Error(`packages/${name}/package.json: nx.tags names no known layer (got "${row}").`);
  }
  if (environment !== "universal" && environment !== "node") {
    throw new Error(`packages/${name}/package.json: nx.tags needs "env:universal" or "env:node".`);
  }
  return { name, layer, environment, description: manifest.description, grants: ["errors", ...MAY_IMPORT[row]] };
}

/** Names of the packages that `from` may import, itself included. */
function allowedFor(from) {
  const granted = packages.filter((to) => from.grants.includes(to.layer) || from.grants.includes(`@${to.name}`));
  return [from.name, ...granted.map((to) => to.name)];
}

const layerRules = packages.map((from) => ({
  name: `layer-${from.name}`,
  comment: `${from.name} (layer ${from.layer}) may import only: ${allowedFor(from).slice(1).join(", ") || "nothing of ours"}.`,
  severity: "error",
  from: { path: `^packages/${from.name}/src/` },
  to: { path: "^packages/", pathNot: `^packages/(${allowedFor(from).join("|")})/` },
}));

/** Tests may use @l3m/testing too, except those of the packages that it is built on. */
const underTesting = packages.filter((entry) => entry.layer === "testing").flatMap((entry) => allowedFor(entry));

const testRules = packages.map((from) => ({
  name: `layer-${from.name}-test`,
  comment: `Tests of ${from.name} may import what it may import${underTesting.includes(from.name) ? "" : " and @l3m/testing"}; tests that cross packages belong in tools/.`,
  severity: "error",
  from: { path: `^packages/${from.name}/test/` },
  to: {
    path: "^packages/",
    pathNot: `^packages/(${[...allowedFor(from), ...(underTesting.includes(from.name) ? [] : ["testing"])].join("|")})/`,
  },
}));

const reservedRules = Object.entries(RESERVED).map(([module, owner]) => ({
  name: `reserved-${module}`,
  comment: `${module} may be imported only from ${owner}.`,
  severity: "error",
  from: { path: "^packages/", pathNot: owner },
  to: { path: `(^|/)node_modules/(@types/)?${module}/|^${module}(/|$)` },
}));

const universal = packages.filter((entry) => entry.environment === "universal").map((entry) => entry.name);

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    ...testRules,
    ...reservedRules,
    {
      name: "universal-without-node",
      comment: "Packages tagged env:universal run in a browser, so they import no module of Node.",
      severity: "error",
      from: { path: `^packages/(${universal.join("|")})/src/` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "engines-dynamic",
      comment: "train loads engines by `await import(...)`; only types may be imported statically.",
      severity: "error",
      from: { path: "^packages/train/src/" },
      to: { path: ENGINES, dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "public-doors",
      comment: "Another package is entered through an index.ts that its package.json exports.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: {
        path: "^packages/[^/]+/src/",
        pathNot: ["^packages/$1/", "^packages/[^/]+/src/index\\.ts$", "^packages/[^/]+/src/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "no-circular",
      comment: "Modules that import each other cannot be read or loaded one after the other.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolvable",
      comment: "The import leads nowhere.",
      severity: "error",
      from: { path: "^packages/[^/]+/(src|test)/" },
      // optional peers: installed by `l3m engine install`, not by npm ci
      to: { couldNotResolve: true, pathNot: "^@tensorflow/tfjs-node(-gpu)?$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[^/]+/dist/|\\.generated\\.ts$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.test.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["types", "import", "default"] },
  },
};
