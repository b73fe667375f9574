/** Checks that an engine can run here, each with a reason and a cure. The plugin runs in a child process: a crash is a result. */
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkGpu } from "../cuda/check-gpu.ts";
import { checkLibraries } from "../cuda/check-libraries.ts";
import { cudaSurroundings } from "../cuda/prepare-cuda.ts";
import { defaultCacheDir, isOffline } from "./cache-dir.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { findPlugin } from "./find-plugin.ts";
import { pipSettings } from "./pip-config.ts";
import type { ProbeReport } from "./probe.ts";
import type { InstallableEngine } from "./install-engine.ts";
import { diagnoseTfjsNode } from "./install-tfjs-node.ts";
import { TFJS_NODE } from "./tfjs-node-lock.ts";

const OLDEST_NODE = [20, 19] as const;
const PROBE_TIMEOUT_MS = 120_000;

export interface DoctorOptions {
  /** Default `cpu`. */
  readonly engine?: InstallableEngine;
  readonly cacheDir?: string;
  /** Stands for `/` where the driver is looked for. */
  readonly root?: string;
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs all checks for one engine. Never throws for what it finds; the checks after a failed one that they need are left out. */
export async function doctor(options: DoctorOptions = {}): Promise<DoctorCheck[]> {
  const engine = options.engine ?? "cpu";
  const env = options.env ?? process.env;
  const cacheDir = options.cacheDir ?? defaultCacheDir(env);
  const checks = [nodeVersion(), platform(), cacheWritable(cacheDir), network()];
  if (engine === TFJS_NODE.engine) return [...checks, ...(await diagnoseTfjsNode(cacheDir))];
  const onGpu = engine !== "cpu";
  if (onGpu) checks.push(...checkGpu(engine === "cuda12" ? 12 : 13, options.root, env));
  let plugin: string | undefined;
  try {
    const found = findPlugin(engine, { cacheDir, env });
    plugin = found?.path;
    const cure = { fix: `Run: l3m engine install ${engine}` };
    checks.push({
      name: "plugin",
      ok: found !== undefined,
      why: found ? `${found.path} (from ${found.source})` : `no PJRT plugin for ${engine}`,
      ...(found ? {} : cure),
    });
  } catch (error) {
    checks.push({ name: "plugin", ok: false, why: message(error), fix: "Correct or unset L3M_PJRT_PLUGIN." });
  }
  if (plugin === undefined) return checks;
  if (onGpu) checks.push(...checkLibraries(cudaSurroundings(plugin, env)));
  const ready = checks.every(({ ok, name }) => ok || !onGpu || name === "cache" || name === "cudnn");
  return ready ? [...checks, ...(await probe(plugin, env))] : checks;
}

function nodeVersion(): DoctorCheck {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return {
    name: "node",
    ok,
    why: process.version,
    ...(!ok && { fix: `Install Node.js ${OLDEST_NODE.join(".")} or newer.` }),
  };
}

function platform(): DoctorCheck {
  const ok = process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64");
  return {
    name: "platform",
    ok,
    why: `${process.platform}-${process.arch}`,
    ...(!ok && { fix: "XLA plugins exist for Linux on x64 and arm64; use --engine wasm here." }),
  };
}

/** The folder or the nearest one above it that exists must be writable. */
function cacheWritable(cacheDir: string): DoctorCheck {
  let folder = cacheDir;
  while (!existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return { name: "cache", ok: true, why: cacheDir };
  } catch {
    return {
      name: "cache",
      ok: false,
      why: `${folder} is not writable`,
      fix: "Set L3M_CACHE_DIR to a folder that you can write to.",
    };
  }
}

function network(): DoctorCheck {
  const index = new URL(pipSettings().indexUrl);
  return {
    name: "index",
    ok: true,
    why: isOffline() ? "L3M_OFFLINE is set: nothing is downloaded" : `${index.origin}${index.pathname}`,
  };
}

/** Loads the plugin and multiplies two matrices in a child process. */
async function probe(plugin: string, env: NodeJS.ProcessEnv): Promise<DoctorCheck[]> {
  const script = fileURLToPath(new URL(`./probe${path.extname(import.meta.url)}`, import.meta.url));
  const { status, output, errors } = await run(process.execPath, [script, plugin], env);
  const report = parse(output);
  const checks: DoctorCheck[] = [];
  const step = (name: string, why: string | undefined): void => {
    if (why !== undefined) checks.push({ name, ok: true, why });
  };
  step("plugin loads", report.version && `PJRT C API ${report.version}, StableHLO ${report.stablehlo ?? "unknown"}`);
  step("devices", report.devices?.join(", "));
  step("computes", report.product);
  if (status === 0 && report.error === undefined) return checks;
  const failed = report.version === undefined ? "plugin loads" : report.devices === undefined ? "devices" : "computes";
  const why = report.error ?? `the process ended with ${status}: ${errors.trim().split("\n").slice(-3).join(" ")}`;
  const fix = report.fix ?? "Install another plugin (l3m engine list), or name one in L3M_PJRT_PLUGIN.";
  return [...checks, { name: failed, ok: false, why, fix }];
}

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ status: number | string; output: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: "utf8", env, timeout: PROBE_TIMEOUT_MS }, (error, output, errors) => {
      resolve({ status: error === null ? 0 : (error.signal ?? error.code ?? "an unknown status"), output, errors });
    });
  });
}

function parse(output: string): ProbeReport {
  const report: ProbeReport = {};
  for (const line of output.split("\n").filter((text) => text.startsWith("{"))) Object.assign(report, JSON.parse(line));
  return report;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
