/** What must happen in a process before a CUDA plugin is loaded: NVIDIA's libraries come first, and XLA learns where its programs are. */
import { sitePackages } from "../install/site-packages.ts";
import { openLibrary } from "../native/system.ts";
import { cudaDataDir, withCudaDataDir } from "./cuda-data-dir.ts";
import { cudaMajorOf, isCudaPlugin, nvidiaLibraries, type NvidiaLibrary, nvidiaRoot } from "./nvidia-libraries.ts";
import { isNeeded, preloadOrder } from "./preload-order.ts";

/** What lies near a CUDA plugin; nothing is loaded. */
export interface CudaSurroundings {
  readonly cudaMajor: number | undefined;
  /** The folder that holds `nvidia/`; undefined when the system's own CUDA is to be used. */
  readonly root: string | undefined;
  /** In the order of loading. */
  readonly libraries: readonly NvidiaLibrary[];
  /** The folder of ptxas and libdevice, where one is near. */
  readonly dataDir: string | undefined;
}

/** Looks beside the plugin, then in the Python environments that `env` tells of. */
export function cudaSurroundings(plugin: string, env: NodeJS.ProcessEnv = process.env): CudaSurroundings {
  const cudaMajor = cudaMajorOf(plugin);
  const root = nvidiaRoot(plugin, () => sitePackages(env));
  if (root === undefined) return { cudaMajor, root, libraries: [], dataDir: undefined };
  return {
    cudaMajor,
    root,
    libraries: preloadOrder(nvidiaLibraries(root, cudaMajor)),
    dataDir: cudaDataDir(root, cudaMajor),
  };
}

/**
 * Loads the libraries for good, completes XLA_FLAGS and lets calls be queued; does nothing for other plugins.
 *
 * @returns the libraries that are now in the process
 * @throws L3M_PJRT_PLUGIN when one that is needed cannot be loaded, with the linker's words
 */
export function prepareCuda(plugin: string): readonly NvidiaLibrary[] {
  if (!isCudaPlugin(plugin)) return [];
  process.env["PJRT_GPU_ENABLE_ASYNC_DISPATCH"] ??= "1"; // else Execute waits for the step before
  const { libraries, dataDir } = cudaSurroundings(plugin);
  if (dataDir !== undefined) process.env["XLA_FLAGS"] = withCudaDataDir(process.env["XLA_FLAGS"], dataDir);
  return libraries.filter(opens);
}

/** Loads one; false for an optional one that cannot be loaded here. */
function opens(library: NvidiaLibrary): boolean {
  try {
    openLibrary(library.path);
    return true;
  } catch (error) {
    if (isNeeded(library)) throw error;
    return false;
  }
}
