/**
 * Where XLA finds ptxas, nvlink and libdevice. It looks in `xla_gpu_cuda_data_dir`, then on PATH, where an older CUDA may be, and
 * only then beside the plugin; naming the folder makes the versions of the wheel lock win.
 */
import { existsSync } from "node:fs";
import path from "node:path";

const FLAG = "--xla_gpu_cuda_data_dir";

/** The folder below `root` that holds libdevice: `nvidia/cu13`, or `nvidia/cuda_nvcc` of CUDA 12; undefined when there is none. */
export function cudaDataDir(root: string, cudaMajor: number | undefined): string | undefined {
  const components = [...(cudaMajor === undefined ? ["cu13"] : [`cu${cudaMajor}`]), "cuda_nvcc"];
  return components
    .map((component) => path.join(root, "nvidia", component))
    .find((folder) => existsSync(path.join(folder, "nvvm", "libdevice", "libdevice.10.bc")));
}

/** `flags` (of XLA_FLAGS) with the folder named, unless they name one or come from a file. */
export function withCudaDataDir(flags: string | undefined, folder: string): string {
  const given = flags?.trim() ?? "";
  if (given.includes(FLAG) || (given !== "" && !given.startsWith("-"))) return given;
  return `${given} ${FLAG}=${/\s/.test(folder) ? `"${folder}"` : folder}`.trim();
}
