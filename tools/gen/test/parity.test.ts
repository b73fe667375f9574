/** PARITY.md cannot be written from data that the sources contradict. */
import { join } from "node:path";
import preset from "@l3m/preset-l3m";
import { expect, test } from "vitest";
import { readEvidence } from "../parity/evidence.ts";
import { renderParity } from "../parity/parity-page.ts";
import { all, here, type Names } from "../upstream/fate.ts";
import { PARITY_SECTIONS } from "../upstream/sections.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const evidence = readEvidence(root);
const MLP = "packages/core/src/layers/mlp.ts";

/** The page with some names beside the real ones. */
const withNames = (names: Names): string =>
  renderParity(root, preset, [...PARITY_SECTIONS, { title: "Made up", names }], evidence);

test("a name that nothing registers needs a reason", () => {
  expect(() => withNames({ "l3m.made.up": all("Thing") })).toThrow(/l3m\.made\.up\.Thing is registered by no plugin/);
  expect(withNames({ "l3m.made.up": { Thing: { notYet: "it is new" } } })).toContain(
    "| `l3m.made.up.Thing` |  |  | not yet: it is new |  |",
  );
});

test("a reason is stale once a plugin registers the name", () => {
  const names = { "l3m.model.layers.ffn": { MLP: { not: "nobody needs it" } } };
  expect(() => withNames(names)).toThrow(/ffn\.MLP is registered now/);
});

test("code that is not registered must be where the data says", () => {
  expect(() => withNames({ "l3m.x": { a: here("packages/core/src/nowhere.ts") } })).toThrow(/there is no/);
  expect(() => withNames({ "l3m.x": { a: here(`${MLP}#perceptron`) } })).toThrow(/exports no perceptron/);
  expect(withNames({ "l3m.x": { "a b": here(`${MLP}#mlp`, "remark") } })).toContain(
    `| \`l3m.x.a\`, \`b\` | [\`mlp\`](${MLP}) | \`@l3m/core\` | done: remark |`,
  );
});

test("every alias of ml-l3m that a plugin registers is listed", () => {
  const [models, ...others] = PARITY_SECTIONS;
  const fewer = Object.fromEntries(Object.entries(models?.names ?? {}).filter(([module]) => !module.endsWith(".ffn")));
  const sections = [{ title: "Models", names: fewer }, ...others];
  expect(() => renderParity(root, preset, sections, evidence)).toThrow(/ffn\.SwiGLUFFN is registered and not listed/);
});

test("evidence: cases about a name come before those that use it; rows may leave out the module; tests by name", () => {
  const cases = evidence.casesOf(["l3m.loss.mae_loss.RasterPixelLoss"]);
  expect(cases[0]).toBe("losses/raster_pixel");
  expect(cases.at(-1)).toBe("losses/multi_loss");
  expect(evidence.casesOf(["l3m.constants.prompts.IMAGENET_TEMPLATES"])).toEqual(["losses/prompt_templates"]);
  expect(evidence.testsOf("clip-loss", "clip-accuracy")).toContain("packages/clip-loss/test/metrics.test.ts");
  expect(evidence.testsImporting("readClassNames")).toEqual(["packages/data/test/class-names.test.ts"]);
});
