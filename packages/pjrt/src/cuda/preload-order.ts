/**
 * The order in which NVIDIA's libraries are loaded before a plugin. XLA opens each by its name when it first needs it, and a
 * library that is already in the process is found by its name alone, whatever LD_LIBRARY_PATH says (which Node cannot change
 * for itself after its start).
 */
import type { NvidiaLibrary } from "./nvidia-libraries.ts";

/**
 * What XLA and cuDNN open by name, in JAX's order (jax_plugins/cuda/__init__.py), and nvJitLink, which cuSPARSE and XLA open too.
 * cuDNN and NVRTC open their own parts from the folders that they are in.
 */
const OPENED_BY_XLA = [
  "libcudart",
  "libnvrtc",
  "libnvJitLink",
  "libcublas",
  "libcublasLt",
  "libnccl",
  "libcupti",
  "libcusparse",
  "libcusolver",
  "libcufft",
  "libnvshmem_host",
  "libcudnn",
];

/** XLA runs without them: CUPTI is for profiles, NVSHMEM for several hosts. */
const OPTIONAL = ["libcupti", "libnvshmem_host"];

/** `libcudnn` of `libcudnn.so.9`. */
export function stemOf({ name }: Pick<NvidiaLibrary, "name">): string {
  return name.split(".so")[0] ?? name;
}

/** True for a library without which training does not run. */
export function isNeeded(library: Pick<NvidiaLibrary, "name">): boolean {
  return !OPTIONAL.includes(stemOf(library));
}

/** Names, without versions, of what must be there. */
export const NEEDED: readonly string[] = OPENED_BY_XLA.filter((name) => !OPTIONAL.includes(name));

/** The libraries to load, every one after those that it needs (cuBLASLt before cuBLAS before cuSOLVER). */
export function preloadOrder(libraries: readonly NvidiaLibrary[]): NvidiaLibrary[] {
  const byName = new Map(libraries.map((library) => [library.name, library]));
  const order = new Set<NvidiaLibrary>();
  const visited = new Set<string>();
  const visit = (library: NvidiaLibrary): void => {
    if (visited.has(library.name)) return;
    visited.add(library.name);
    for (const name of library.needed) {
      const dependency = byName.get(name);
      if (dependency !== undefined) visit(dependency);
    }
    order.add(library);
  };
  for (const stem of OPENED_BY_XLA) {
    for (const library of libraries) if (stemOf(library) === stem) visit(library);
  }
  return [...order];
}
