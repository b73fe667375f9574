/** The cases that tests run: those copied into the repository, and upstream's own configurations where they lie beside it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { Registry } from "@l3m/core";
import preset from "@l3m/preset-l3m";
import { findCases, formatRow, type GoldenCase, HANDLED, loadCase, runCase, type RunOptions } from "@l3m/testing";
import { expect } from "vitest";
import { goldenStandIns } from "../toy-tokenizer.ts";

const root = path.resolve(import.meta.dirname, "../../..");
/** Cases made of upstream's own configuration files are no part of this repository. */
const beside = path.resolve(root, "../shared/goldens/models");

const copied = load(path.join(root, "tools/goldens")).filter(({ handler }) => HANDLED.includes(handler));
const needsUpstream = ({ handler }: GoldenCase): boolean => handler === "init_statistics";

/** Cases of the repository that have a handler. Everything that they build exists. */
export const COPIED = copied.filter((golden) => !needsUpstream(golden));

/** Whole configurations of upstream, as far as what they build exists, and cases that read upstream's files where those are at hand. */
export const CONFIGURATIONS = [
  ...(existsSync(beside) ? load(beside).filter(({ name }) => name.startsWith("config_")) : []),
  ...copied.filter(needsUpstream),
];

/** Copied cases that record an upstream bug. */
export const WITH_BUGS = COPIED.filter(({ fields }) => fields["upstream_bug"] !== undefined);

const registry = new Registry([...preset, goldenStandIns]);

/** Runs a case; it must pass, or build something that does not exist yet where that is allowed. */
export async function expectToPass(golden: GoldenCase, options: Omit<RunOptions, "registry"> & { readonly orSkipped?: (reason: string) => void } = {}): Promise<void> {
  const { orSkipped, ...runOptions } = options;
  const result = await runCase(golden, { registry, ...runOptions });
  if (result.verdict === "skipped" && orSkipped !== undefined) return orSkipped(result.reason ?? "");
  expect(result.verdict, formatRow(result)).toBe("passed");
}

function load(folder: string): GoldenCase[] {
  return findCases([folder]).map(loadCase);
}
