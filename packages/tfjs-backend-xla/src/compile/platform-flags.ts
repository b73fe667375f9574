/**
 * The XLA flags of every compilation, with the reason beside each. They travel with the module (env_option_overrides), so they are
 * part of an executable's key in the cache; what a caller gives wins over them.
 */
import { mkdirSync } from "node:fs";
import { type CompileOptions, type FlagValue } from "@l3m/pjrt";
import { L3mError } from "@l3m/errors";

export type CompileFlags = NonNullable<CompileOptions["flags"]>;

/** One flag of XLA (a field of its DebugOptions). */
export interface PlatformFlag {
  readonly name: string;
  readonly value: FlagValue;
  /** What it changes, and how that is known. */
  readonly why: string;
}

export const PLATFORM_FLAGS: { readonly [platform in "cpu" | "cuda"]: readonly PlatformFlag[] } = {
  cpu: [
    {
      name: "xla_cpu_enable_fast_min_max",
      value: false,
      why: "tfjs's semantics: the fast form drops NaN in reductions to a minimum or maximum",
    },
  ],
  cuda: [
    {
      name: "xla_gpu_enable_triton_gemm",
      value: false,
      why: "matrix products go to cuBLASLt with its epilogues: faster training steps on an H100, and fewer kernels to tune when compiling",
    },
    {
      name: "xla_disable_hlo_passes",
      value: "rematerialization",
      why: "what is recomputed is the config's choice (model.activation_checkpointing); XLA would trade speed for memory unasked",
    },
  ],
};

/** What `experiment.deterministic` adds: scatters, attention and autotuning give the same bits in every run. */
export const DETERMINISTIC_FLAGS: { readonly [platform in "cpu" | "cuda"]: readonly PlatformFlag[] } = {
  cpu: [],
  cuda: [
    {
      name: "xla_gpu_deterministic_ops",
      value: true,
      why: "kernels whose order of sums varies are replaced, and kernels are not chosen by timing; slower",
    },
  ],
};

/** Flags that XLA reads from XLA_FLAGS when a client or a group of devices is made: with a module they would do nothing. */
const PROCESS_FLAGS = [
  "xla_gpu_nccl_termination_timeout_seconds",
  "xla_gpu_nccl_init_max_rank_per_root_ratio",
  "xla_gpu_require_exclusive_lock",
  "xla_gpu_experimental_enable_nvshmem",
  "xla_gpu_command_buffer_update_mode",
  "xla_gpu_first_collective_call_warn_stuck_timeout_seconds",
  "xla_gpu_first_collective_call_terminate_timeout_seconds",
  "xla_force_host_platform_device_count",
];

/** The flags of a platform as XLA takes them. */
export function platformFlags(platform: string, deterministic: boolean): CompileFlags {
  if (platform !== "cpu" && platform !== "cuda") return {};
  const flags = [...PLATFORM_FLAGS[platform], ...(deterministic ? DETERMINISTIC_FLAGS[platform] : [])];
  return Object.fromEntries(flags.map(({ name, value }) => [name, value]));
}

/**
 * Lets XLA keep the results of timing kernels in `folder`, one file a fusion: a program that was changed a little then compiles
 * faster. XLA does not tell plugins apart, so the folder is one of this plugin. Nothing without a folder that can be written.
 */
export function autotuneFlags(platform: string, folder: string): CompileFlags {
  if (platform !== "cuda") return {};
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    return {};
  }
  return { xla_gpu_per_fusion_autotune_cache_dir: folder };
}

/** @throws L3M_BAD_OPTION for a flag that would be accepted with a module and have no effect */
export function requireModuleFlags(flags: CompileFlags): void {
  const name = Object.keys(flags).find((flag) => PROCESS_FLAGS.includes(flag));
  if (name === undefined) return;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `XLA reads the flag ${name} when a process starts, not with a program`,
    got: `${name}=${String(flags[name])}`,
    fix: `Set the environment variable XLA_FLAGS=--${name}=${String(flags[name])} instead.`,
  });
}
