/**
 * NVIDIA's libraries next to a CUDA plugin. NVIDIA's wheels unpack them to `nvidia/<component>/lib` beside the packages of the
 * plugin, in our cache as in a Python environment.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readDynamicSection } from "../native/elf-dynamic.ts";

/** One shared library on this machine. */
export interface NvidiaLibrary {
  /** What other libraries call it, for example `libcudnn.so.9`. */
  readonly name: string;
  readonly path: string;
  /** Of the wheel that brought it, for example `9.26.0.51`; undefined when no wheel did. */
  readonly version: string | undefined;
  /** Names of the libraries that it needs. */
  readonly needed: readonly string[];
}

/** Components that CUDA 13's wheels do not put into `nvidia/cu13`. */
const SHARED_COMPONENTS = ["cudnn", "nccl", "nvshmem"];

/** True for a plugin that its path calls one for CUDA; the rule of `L3M_PJRT_PLUGIN`. */
export function isCudaPlugin(plugin: string): boolean {
  return /cuda_?1[0-9]/i.test(plugin) || /cuda|gpu/i.test(path.basename(plugin));
}

/** The version of CUDA that a plugin was built for, by its path or by where it looks for libraries; undefined when neither tells. */
export function cudaMajorOf(plugin: string): number | undefined {
  const named = /cuda_?(1[0-9])/i.exec(plugin)?.[1];
  if (named !== undefined) return Number(named);
  const places = readDynamicSection(plugin)?.searchPath ?? [];
  const modern = /nvidia\/cu(\d+)\//.exec(places.join("\n"))?.[1];
  if (modern !== undefined) return Number(modern);
  return places.some((place) => place.includes("nvidia/cublas/")) ? 12 : undefined;
}

/**
 * The folders that may hold `nvidia/`: above the plugin's package, beside the plugin, then `others` (site-packages folders).
 * The first that has libraries is used, so that libraries of two installations never mix.
 */
export function nvidiaRoot(plugin: string, others: () => Iterable<string> = () => []): string | undefined {
  const folder = path.dirname(plugin);
  const near = [path.join(folder, "../.."), path.join(folder, "..")];
  const hasLibraries = (root: string): boolean => libraryFolders(root, cudaMajorOf(plugin)).length > 0;
  const found = near.find(hasLibraries);
  if (found !== undefined) return found;
  for (const root of others()) if (hasLibraries(root)) return root;
  return undefined;
}

/** All libraries of `root` that belong to a version of CUDA, by name. */
export function nvidiaLibraries(root: string, cudaMajor: number | undefined): NvidiaLibrary[] {
  const versions = wheelVersions(root);
  return libraryFolders(root, cudaMajor).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.so(\.\d+)*$/.test(name))
      .sort()
      .flatMap((name) => {
        const file = path.join(folder, name);
        const dynamic = readDynamicSection(file);
        if (dynamic === undefined) return [];
        return {
          name: dynamic.soname ?? name,
          path: file,
          version: versions.get(path.relative(root, file)),
          needed: dynamic.needed,
        };
      }),
  );
}

function libraryFolders(root: string, cudaMajor: number | undefined): string[] {
  const nvidia = path.join(root, "nvidia");
  if (!existsSync(nvidia)) return [];
  const isModern = (component: string): boolean => /^cu\d+$/.test(component);
  const wanted = (component: string): boolean => {
    if (cudaMajor === undefined) return true;
    if (cudaMajor < 13) return !isModern(component);
    return component === `cu${cudaMajor}` || SHARED_COMPONENTS.includes(component);
  };
  return readdirSync(nvidia)
    .filter(wanted)
    .sort()
    .map((component) => path.join(nvidia, component, "lib"))
    .filter((folder) => existsSync(folder));
}

/** Files of NVIDIA's wheels with their versions: `<wheel>-<version>.dist-info/RECORD` lists them. */
function wheelVersions(root: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const name of readdirSync(root)) {
    const version = /^nvidia_.*-([^-]+)\.dist-info$/.exec(name)?.[1];
    const record = path.join(root, name, "RECORD");
    if (version === undefined || !existsSync(record)) continue;
    for (const line of readFileSync(record, "utf8").split("\n")) {
      const file = line.split(",")[0];
      if (file !== undefined && file.includes(".so")) versions.set(file, version);
    }
  }
  return versions;
}
