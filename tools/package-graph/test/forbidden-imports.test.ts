/** The dependency law is enforced: every forbidden kind of import, tried in a copy of the packages, is reported. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cruisePackages, type CruiseReport } from "../cruise.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** A file, what it imports, and the rule that forbids it. */
const FORBIDDEN: readonly (readonly [file: string, line: string, rule: string])[] = [
  ["clip-loss/src/try.ts", 'import "@l3m/heads";', "layer-clip-loss"],
  ["heads/src/try.ts", 'import "@l3m/optim";', "layer-heads"],
  ["core/src/try.ts", 'import "@l3m/config";', "layer-core"],
  ["stablehlo/src/try.ts", 'import "@l3m/pjrt";', "layer-stablehlo"],
  ["tfjs-backend-xla/src/try.ts", 'import type {} from "@l3m/core";', "layer-tfjs-backend-xla"],
  ["optim/src/try.ts", 'import "@l3m/data";', "layer-optim"],
  ["testing/src/try.ts", 'import "@l3m/train";', "layer-testing"],
  ["config/src/try.ts", 'export * from "../../train/src/index.ts";', "layer-config"],
  ["core/test/try.ts", 'import "@l3m/testing";', "layer-core-test"],
  ["optim/test/try.ts", 'import "@l3m/testing";', "layer-optim-test"],
  ["train/src/try.ts", 'import "@l3m/tfjs-backend-xla";', "engines-dynamic"],
  ["train/src/try-koffi.ts", 'import "koffi";', "reserved-koffi"],
  ["cli/src/try.ts", 'import "yaml";', "reserved-yaml"],
  ["core/src/registry/try.ts", 'import "tsyringe";', "reserved-tsyringe"],
  ["core/src/try-reflect.ts", 'import "reflect-metadata";', "reserved-reflect-metadata"],
  ["train/src/try-settings.ts", 'import "cosmiconfig";', "reserved-cosmiconfig"],
  ["train/src/try-commander.ts", 'import "commander";', "reserved-commander"],
  ["train/src/try-bar.ts", 'import "cli-progress";', "reserved-cli-progress"],
  ["train/src/try-wasm.ts", 'import "@tensorflow/tfjs-backend-wasm";', "engines-dynamic"],
  ["train/src/try-colour.ts", 'import "picocolors";', "reserved-picocolors"],
  ["core/src/try-node.ts", 'import "node:fs";', "universal-without-node"],
  ["train/src/try-door.ts", 'import "../../data/src/inner/try.ts";', "public-doors"],
  ["data/src/circle-a.ts", 'export * from "./circle-b.ts";', "no-circular"],
];

const ALLOWED: readonly (readonly [file: string, line: string])[] = [
  ["clip-loss/src/fine.ts", 'import "@l3m/core"; import "@l3m/core/nn"; import "@l3m/errors";'],
  ["clip-loss/test/fine.ts", 'import "@l3m/testing"; import "node:fs";'],
  ["core/src/registry/container.ts", 'import "reflect-metadata"; import "tsyringe";'],
  ["config/src/fine.ts", 'import "yaml"; import "cosmiconfig";'],
  ["train/src/fine.ts", 'export const load = () => import("@l3m/tfjs-backend-xla");'],
  ["pjrt/src/fine.ts", 'import "koffi"; import "node:fs";'],
];

const SUPPORT: readonly (readonly [file: string, line: string])[] = [
  ["data/src/inner/try.ts", "export {};"],
  ["data/src/circle-b.ts", 'export * from "./circle-a.ts";'],
  ["core/src/nn/index.ts", "export {};"],
];

describe("dependency law", () => {
  const copy = mkdtempSync(join(tmpdir(), "l3m-depcheck-"));
  let report: CruiseReport;

  beforeAll(async () => {
    for (const file of [".dependency-cruiser.cjs", "package.json", "tsconfig.base.json", "tsconfig.test.json"]) {
      cpSync(join(root, file), join(copy, file));
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    for (const name of readdirSync(join(root, "packages"))) {
      write(`${name}/src/index.ts`, "export {};");
      cpSync(join(root, "packages", name, "package.json"), join(copy, "packages", name, "package.json"));
    }
    for (const [file, line] of [...FORBIDDEN, ...ALLOWED, ...SUPPORT]) write(file, line);
    report = await cruisePackages(copy);
  });

  afterAll(() => rmSync(copy, { recursive: true }));

  function write(file: string, text: string): void {
    mkdirSync(join(copy, "packages", file, ".."), { recursive: true });
    writeFileSync(join(copy, "packages", file), text);
  }

  test.each(FORBIDDEN)("%s: %s breaks %s", (file, _line, rule) => {
    expect(report.violations).toContainEqual(expect.objectContaining({ from: `packages/${file}`, rule }));
  });

  test.each(ALLOWED)("%s: %s is fine", (file) => {
    expect(report.violations.filter((violation) => violation.from === `packages/${file}`)).toEqual([]);
    expect(report.imports.filter((entry) => entry.from === `packages/${file}`)).not.toEqual([]);
  });
});
