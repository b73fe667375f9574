/**
 * Installs the engine `tfjs-node`. The package's own installer fetches a TensorFlow of 2022 from a storage bucket and breaks an
 * `npm install` behind a firewall; but the binding's source that it ships compiles against the C API of a TensorFlow wheel.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { buildFolder } from "./build-folder.ts";
import { isOffline } from "./cache-dir.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import type { InstalledEngine } from "./install-engine.ts";
import type { InstallOptions } from "./install-options.ts";
import { obtainWheel } from "./obtain-wheel.ts";
import { isNeeded, TFJS_NODE } from "./tfjs-node-lock.ts";
import { unpackWheel } from "./unpack.ts";

const PACKAGE = path.join("node_modules", TFJS_NODE.package);
const ENTRY = path.join(PACKAGE, "dist/index.js");
const BINDING = path.join(PACKAGE, "lib/napi-v8/tfjs_binding.node");

/** The module to import, when the engine is in the cache. */
export function installedTfjsNode(cacheDir: string): string | undefined {
  const entry = path.join(cacheDir, "engines", TFJS_NODE.engine, ENTRY);
  return existsSync(entry) ? entry : undefined;
}

/**
 * Needs npm and a C++ compiler. About 300 MB to download and a gigabyte on disk.
 *
 * @throws L3M_ENGINE_MISSING without a compiler or on another platform; what {@link installEngine} throws
 */
export async function installTfjsNode(cacheDir: string, options: InstallOptions): Promise<InstalledEngine> {
  const folder = path.join(cacheDir, "engines", TFJS_NODE.engine);
  const result = {
    engine: TFJS_NODE.engine,
    project: TFJS_NODE.package,
    version: TFJS_NODE.version,
    path: path.join(folder, ENTRY),
  };
  if (installedTfjsNode(cacheDir) !== undefined) return result;
  if (process.platform !== "linux" || process.arch !== TFJS_NODE.arch) {
    throw new L3mError("L3M_ENGINE_MISSING", {
      message: `the engine tfjs-node is built for linux-${TFJS_NODE.arch}`,
      got: `${process.platform}-${process.arch}`,
      fix: "Use another engine: --engine wasm.",
    });
  }
  const compiler = await findCompiler();
  let wheel = "";
  await buildFolder(
    folder,
    async (unfinished) => {
      const step = (what: string): void =>
        options.onProgress?.({
          phase: "build",
          file: what,
          bytes: 0,
          totalBytes: 0,
          bytesPerSecond: 0,
          secondsLeft: 0,
        });
      step(`npm packages ${TFJS_NODE.npmPackages.join(" ")}`);
      await npmInstall(unfinished, options);
      wheel = await obtainWheel(TFJS_NODE.wheel, path.join(cacheDir, "downloads"), options);
      await unpackWheel(wheel, unfinished, options.onProgress, isNeeded);
      step("the native binding");
      await compileBinding(unfinished, compiler);
      step("a first gradient");
      await tryGradient(unfinished);
    },
    options.signal,
  );
  if (wheel !== "") await rm(wheel, { force: true });
  return result;
}

/** What {@link doctor} says about this engine: a compiler to build it with, whether it is there, whether it computes. */
export async function diagnoseTfjsNode(cacheDir: string): Promise<DoctorCheck[]> {
  const installed = installedTfjsNode(cacheDir);
  if (installed === undefined) {
    const compiler = await findCompiler().then(
      (name) => ({ ok: true, why: name }),
      (error: unknown) => ({ ok: false, why: "no C++ compiler", fix: message(error) }),
    );
    return [
      { name: "compiler", ...compiler },
      { name: "installed", ok: false, why: "not in the cache", fix: "Run: l3m engine install tfjs-node" },
    ];
  }
  const there: DoctorCheck = { name: "installed", ok: true, why: installed };
  try {
    await tryGradient(path.join(cacheDir, "engines", TFJS_NODE.engine));
    return [there, { name: "computes", ok: true, why: "a gradient on TensorFlow's kernels" }];
  } catch (error) {
    return [
      there,
      {
        name: "computes",
        ok: false,
        why: message(error),
        fix: `Delete ${path.join(cacheDir, "engines", TFJS_NODE.engine)} and run: l3m engine install tfjs-node`,
      },
    ];
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function findCompiler(): Promise<string> {
  for (const compiler of [process.env["CXX"], "g++", "c++", "clang++"]) {
    if (compiler && (await run(compiler, ["--version"])).ok) return compiler;
  }
  throw new L3mError("L3M_ENGINE_MISSING", {
    message: "the engine tfjs-node needs a C++ compiler to build its binding",
    fix: "Install g++ (Debian, Ubuntu: apt install g++) or set CXX.",
  });
}

/** npm itself fetches the package, so that its registry, its proxies and its integrity checks apply. */
async function npmInstall(folder: string, options: InstallOptions): Promise<void> {
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "l3m-engine-tfjs-node", private: true }));
  const offline = (options.offline ?? isOffline()) ? ["--offline"] : [];
  const flags = [
    "install",
    "--prefix",
    folder,
    "--ignore-scripts",
    "--save-exact",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...offline,
  ];
  const npm = process.env["npm_execpath"]?.endsWith("npm-cli.js")
    ? [process.execPath, process.env["npm_execpath"]]
    : ["npm"];
  const [command = "npm", ...first] = npm;
  const { ok, output } = await run(command, [...first, ...flags, ...TFJS_NODE.npmPackages], folder);
  if (ok) return;
  throw new L3mError("L3M_DOWNLOAD", {
    message: `npm cannot install ${TFJS_NODE.package}`,
    got: lastLines(output),
    fix: "Check the network and npm's registry (npm config get registry), and try again.",
  });
}

/** Finds TensorFlow by a path relative to the binding, so the folder can be renamed and moved. */
async function compileBinding(folder: string, compiler: string): Promise<void> {
  const source = path.join(folder, PACKAGE, "binding");
  const output = path.join(folder, BINDING);
  const tensorflow = path.join(folder, "tensorflow");
  await mkdir(path.dirname(output), { recursive: true });
  const files = (await readdir(source)).filter((name) => name.endsWith(".cc")).map((name) => path.join(source, name));
  const includes = [
    path.join(folder, "node_modules/node-api-headers/include"),
    path.join(tensorflow, "include"),
    path.join(folder, PACKAGE),
  ];
  const { ok, output: messages } = await run(compiler, [
    "-std=c++17",
    "-O2",
    "-fPIC",
    "-shared",
    "-DNAPI_VERSION=8",
    ...includes.map((include) => `-I${include}`),
    ...files,
    `-L${tensorflow}`,
    "-l:libtensorflow_cc.so.2",
    "-l:libtensorflow_framework.so.2",
    `-Wl,-rpath,$ORIGIN/${path.relative(path.dirname(output), tensorflow)}`,
    "-o",
    output,
  ]);
  if (!ok)
    throw new L3mError("L3M_ENGINE_MISSING", {
      message: "the binding of tfjs-node does not compile",
      got: lastLines(messages),
      fix: "Use g++ 9 or newer, or another engine.",
    });
}

/** The derivative of the sum of x*x is 2x, in a process of its own: a crash of the binding must not be ours. */
async function tryGradient(folder: string): Promise<void> {
  const script = `const util = require("util"); util.isNullOrUndefined ??= (v) => v == null; util.isArray ??= Array.isArray;
    const tf = require(${JSON.stringify(path.join(folder, ENTRY))});
    const gradient = tf.grad((x) => tf.sum(tf.mul(x, x)))(tf.tensor1d([1, 2, 3])).dataSync();
    if (tf.getBackend() !== "tensorflow" || Array.from(gradient).join() !== "2,4,6") throw new Error("wrong gradient " + gradient);`;
  const { ok, output } = await run(process.execPath, ["-e", script], folder);
  if (!ok)
    throw new L3mError("L3M_ENGINE_MISSING", {
      message: "the engine tfjs-node was built but does not work",
      got: lastLines(output),
      fix: "Use another engine, and report this.",
    });
}

function run(command: string, args: readonly string[], cwd?: string): Promise<{ ok: boolean; output: string }> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", TF_ENABLE_ONEDNN_OPTS: "0" };
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { encoding: "utf8", env, maxBuffer: 2 ** 26, ...(cwd !== undefined && { cwd }) },
      (error, stdout, stderr) =>
        resolve({ ok: error === null, output: `${stdout}${stderr}${error && stderr === "" ? error.message : ""}` }),
    );
  });
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-6).join("\n            ");
}
