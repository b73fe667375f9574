/** How much of a GPU's memory a run takes. It changes no number, so it is a setting of the tool and not of the experiment. */
import { L3mError } from "@l3m/errors";

/** Choices for the allocator on a GPU; engines on a CPU ignore them. */
export interface GpuMemory {
  /** The part of a GPU's memory that is at most used, 0 to 1. Default: `L3M_GPU_MEMORY_FRACTION`, else 0.92. */
  readonly fraction?: number;
  /** Take that part at once, which keeps it in one piece; false = as needed. Default: `L3M_GPU_PREALLOCATE`, else true. */
  readonly preallocate?: boolean;
}

/** What is left to the display, to CUDA itself and to the libraries' own buffers is about 6 GB of 80. */
const DEFAULT_FRACTION = 0.92;

/**
 * Choices with the environment and the defaults filled in.
 * @throws L3M_BAD_OPTION for a fraction that is not above 0 and at most 1, or a variable that is no number or no yes or no
 */
export function gpuMemory(given: GpuMemory = {}, env: NodeJS.ProcessEnv = process.env): Required<GpuMemory> {
  return {
    fraction: validFraction(given.fraction ?? text(env, FRACTION) ?? DEFAULT_FRACTION),
    preallocate: given.preallocate ?? yesOrNo(text(env, PREALLOCATE)) ?? true,
  };
}

const FRACTION = "L3M_GPU_MEMORY_FRACTION";
const PREALLOCATE = "L3M_GPU_PREALLOCATE";

function text(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

function validFraction(value: number | string): number {
  const fraction = Number(value);
  if (fraction > 0 && fraction <= 1) return fraction;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "the part of the GPU's memory to use is out of range",
    where: { path: FRACTION },
    expected: "a number above 0 and at most 1, for example 0.92",
    got: String(value),
    fix: `Correct or unset ${FRACTION} (gpu.memoryFraction in l3m.config.*).`,
  });
}

function yesOrNo(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (["1", "true", "yes"].includes(value.toLowerCase())) return true;
  if (["0", "false", "no"].includes(value.toLowerCase())) return false;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `${PREALLOCATE} is neither yes nor no`,
    expected: "1, true, yes, 0, false or no",
    got: value,
    fix: `Correct or unset ${PREALLOCATE}.`,
  });
}
