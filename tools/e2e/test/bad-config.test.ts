/** Mistakes in a config: the real command, one clear error at the right line, and nothing written. */
import { existsSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { theError } from "../printed-error.ts";
import { buildOnce, l3m } from "../run-l3m.ts";
import { tinyProject, type TinyProject } from "../tiny-project.ts";

let project: TinyProject;
beforeAll(buildOnce, 300_000);
beforeEach(async () => {
  project = await tinyProject();
});
afterEach(() => project.remove());

interface Mistake {
  readonly what: string;
  readonly text: string;
  readonly by: string;
  readonly code: string;
  /** Dotted path of the place. */
  readonly path: string;
  readonly message: RegExp;
  readonly fix?: RegExp;
}

const TRUNK = "model.meta_model.models.image_encoder.trunk";

const MISTAKES: readonly Mistake[] = [
  {
    what: "an unknown block",
    text: "block: transformer-trunk/transformer",
    by: "block: transformer-trunk/transfomer",
    code: "L3M_UNKNOWN_NAME",
    path: TRUNK,
    message: /transformer-trunk\/transfomer.*Did you mean "transformer-trunk\/transformer"/,
  },
  {
    what: "an unknown option",
    text: "num_blocks: 1",
    by: "num_bloks: 1",
    code: "L3M_UNKNOWN_OPTION",
    path: `${TRUNK}.num_bloks`,
    message: /no option "num_bloks".*Did you mean "num_blocks"/,
  },
  {
    what: "an unknown key",
    text: "log_every: 4",
    by: "log_evry: 4",
    code: "L3M_UNKNOWN_OPTION",
    path: "experiment.log_evry",
    message: /log_evry.*Did you mean "log_every"/,
  },
  {
    what: "a thing of another kind in a slot",
    text: "attention: transformer-trunk/generic-attention, dim: 16, num_heads: 2",
    by: "attention: core/layer-norm",
    code: "L3M_WRONG_KIND",
    path: `${TRUNK}.attn_target`,
    message: /core\/layer-norm/,
  },
  {
    what: "a value of another type",
    text: "num_blocks: 1",
    by: "num_blocks: one",
    code: "L3M_BAD_OPTION",
    path: `${TRUNK}.num_blocks`,
    message: /num_blocks/,
  },
  {
    what: "a plugin that is not installed",
    text: "block: transformer-trunk/transformer",
    by: "block: hyena-trunk/hyena",
    code: "L3M_MISSING_PLUGIN",
    path: TRUNK,
    message: /hyena-trunk/,
    fix: /npm install \S*hyena-trunk/,
  },
];

it.each(MISTAKES)("$what", async ({ text, by, code, path, message, fix }) => {
  const line = project.edit(text, by);
  const runDir = project.file("run");
  const error = theError(await l3m(["train", project.config, "--run-dir", runDir]));
  expect(error.code).toBe(code);
  expect(error.where).toMatch(new RegExp(`^${project.config}:${line}:\\d+  ${path}$`));
  expect(error.message).toMatch(message);
  if (fix !== undefined) expect(error.fix).toMatch(fix);
  expect(existsSync(runDir)).toBe(false);
});

it("reports several mistakes at once", async () => {
  project.edit("num_blocks: 1", "num_bloks: 1");
  project.edit("loss: clip-loss/clip-contrastive-loss", "loss: clip-loss/clip-contrastiv-loss");
  const { code, stdout } = await l3m(["check", project.config]);
  expect(code).toBe(1);
  expect(stdout.match(/^L3M_\w+/gm)).toEqual(["L3M_UNKNOWN_OPTION", "L3M_UNKNOWN_NAME"]);
});

it("a key read before it is written: check and train say so, before training", async () => {
  project.edit("read_key: image_tokens", "read_key: image_tokenz");
  const runDir = project.file("run");
  const error = theError(await l3m(["train", project.config, "--run-dir", runDir]));
  expect(error).toMatchObject({ code: "L3M_MISSING_KEY", got: "image_tokenz" });
  expect(error.where).toMatch(new RegExp(`^${project.config}:\\d+:\\d+  ${TRUNK}$`));
  expect(error.message).toMatch(/Did you mean "image_tokens"/);
  expect(error.expected).toBe("one of image, text, text_mask, image_tokens");
  expect(existsSync(runDir)).toBe(false);

  const checked = await l3m(["check", project.config]);
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain(error.where);
});

it("a key that the data does not bring is found from the data; without data check lists what it must bring", async () => {
  project.edit("read_key: image\n", "read_key: picture\n");
  const checked = await l3m(["check", project.config]);
  expect(checked.code).toBe(1);
  expect(checked.stdout).toMatch(/reads "picture", which nothing wrote/);
  const withoutData = await l3m(["check", "--no-data", project.config]);
  expect(withoutData.code).toBe(0);
  expect(withoutData.stdout).toMatch(/data must bring[^\n]*\n[^\n]*\n {2}data +picture, text, text_mask\n/);
});

it("check without the data at hand is a warning", async () => {
  project.edit("root: ./pairs", "root: ./nowhere");
  const { code, stdout } = await l3m(["check", project.config]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/warning {2}\S*nowhere\/captions.jsonl\n {2}The data was not read/);
});
