/**
 * The wheel lock: which files of the Python package index make up an engine, with their hashes. Data only; the code that
 * downloads knows nothing about engines. Plugins keep the layout of a Python site-packages folder, since CUDA plugins find
 * NVIDIA's libraries relative to their own place.
 */
import { CUDA12_WHEELS } from "./wheel-lock-cuda12.ts";
import { CUDA13_WHEELS } from "./wheel-lock-cuda13.ts";

export type EngineName = "cpu" | "cuda12" | "cuda13";

/** One wheel file, as the index lists it. */
export interface LockedWheel {
  /** Name of the project on the index. */
  readonly project: string;
  readonly version: string;
  readonly filename: string;
  /** Hex. The only thing that is trusted about a download. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Everything that makes one plugin run on one processor. */
export interface LockedEngine {
  readonly engine: EngineName;
  /** The project that brings the plugin, and its version: part of the folder name in the cache. */
  readonly project: string;
  readonly version: string;
  readonly arch: "x64" | "arm64";
  /** The plugin inside the unpacked wheels. */
  readonly plugin: string;
  readonly wheels: readonly LockedWheel[];
}

const LAMMPS_PLUGIN = "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so";
const OPENXLA_PLUGIN = "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so";

/**
 * For one engine and processor the first entry is the default; the others are tried when the index does not have it. On the
 * CPU the older OpenXLA build runs the quickstart step about 15 % faster, but it drops optimization barriers (activation
 * checkpointing then saves nothing) and blocks the event loop while it computes; see docs/performance.md.
 */
export const WHEEL_LOCK: readonly LockedEngine[] = [
  single("cpu", "x64", LAMMPS_PLUGIN, {
    project: "lammps-jax-pjrt-cpu",
    version: "0.11.2",
    filename: "lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
    bytes: 62711338,
  }),
  single("cpu", "x64", OPENXLA_PLUGIN, {
    project: "xla-cpu-pjrt",
    version: "0.0.1",
    filename: "xla_cpu_pjrt-0.0.1-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc",
    bytes: 63461052,
  }),
  single("cpu", "arm64", OPENXLA_PLUGIN, {
    project: "xla-cpu-pjrt",
    version: "0.0.1",
    filename: "xla_cpu_pjrt-0.0.1-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "8f613be6e891858f40d64f9799319502fff42689661944fc18a6ffd8210b30c9",
    bytes: 49514947,
  }),
  ...CUDA13_WHEELS,
  ...CUDA12_WHEELS,
];

/** Where an installed Python package keeps the plugin of an engine, relative to site-packages, best first. */
export const PYTHON_PLUGINS: Readonly<Record<EngineName, readonly string[]>> = {
  cpu: [LAMMPS_PLUGIN, OPENXLA_PLUGIN],
  cuda13: ["jax_plugins/xla_cuda13/xla_cuda_plugin.so"],
  cuda12: ["jax_plugins/xla_cuda12/xla_cuda_plugin.so"],
};

function single(engine: EngineName, arch: LockedEngine["arch"], plugin: string, wheel: LockedWheel): LockedEngine {
  return { engine, arch, plugin, project: wheel.project, version: wheel.version, wheels: [wheel] };
}
