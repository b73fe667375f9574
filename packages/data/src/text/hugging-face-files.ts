/** Where a Hugging Face tokenizer lies: a folder, a file, or a model of the hub that is in Hugging Face's own cache. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { L3mError } from "@l3m/errors";
import { z } from "zod";

const jsonObject = z.record(z.string(), z.unknown());

/** The contents of `tokenizer.json` and `tokenizer_config.json`. */
export interface HuggingFaceFiles {
  /** The path of `tokenizer.json`, for messages. */
  readonly file: string;
  readonly tokenizer: Readonly<Record<string, unknown>>;
  /** Empty if there is no such file. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Reads the tokenizer that `name` stands for: a path (relative to the config), or a hub id such as
 * `google/siglip-base-patch16-224` in the cache that Hugging Face's tools share (`HF_HUB_CACHE`, `HF_HOME`).
 *
 * @throws L3M_DATA_NOT_FOUND with the command that fetches it, L3M_BAD_TOKENIZER for a file that is no JSON object
 */
export function readHuggingFaceFiles(name: string, resolveFile: (path: string) => string): HuggingFaceFiles {
  const file = locate(name, resolveFile);
  const config = join(dirname(file), "tokenizer_config.json");
  return { file, tokenizer: readJson(file), config: existsSync(config) ? readJson(config) : {} };
}

function locate(name: string, resolveFile: (path: string) => string): string {
  const path = resolveFile(name);
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry?.isFile() === true) return path;
  const inFolder = join(path, "tokenizer.json");
  if (entry !== undefined && existsSync(inFolder)) return inFolder;
  const [cached] = snapshotsOf(name).filter((snapshot) => existsSync(snapshot));
  if (cached !== undefined) return cached;
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: `There is no tokenizer "${name}" on this machine.`,
    expected: `a tokenizer.json in ${path}, or the model in the cache of Hugging Face (${hubCache()})`,
    fix: `If it is a model of the hub, fetch its files: hf download ${name} tokenizer.json tokenizer_config.json`,
  });
}

/** Possible places of a hub model's `tokenizer.json`, the revision `main` first. */
function snapshotsOf(name: string): string[] {
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(name)) return [];
  const model = join(hubCache(), `models--${name.replace("/", "--")}`);
  const snapshots = join(model, "snapshots");
  if (!existsSync(snapshots)) return [];
  const main = join(model, "refs/main");
  const first = existsSync(main) ? [readFileSync(main, "utf8").trim()] : [];
  return [...first, ...readdirSync(snapshots).sort()].map((revision) => join(snapshots, revision, "tokenizer.json"));
}

function hubCache(): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  return HF_HUB_CACHE || join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface"), "hub");
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    return jsonObject.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new L3mError("L3M_BAD_TOKENIZER", {
      message: "The file is no JSON object.",
      where: { file },
      got: cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause),
      fix: "Fetch it again.",
      cause,
    });
  }
}
