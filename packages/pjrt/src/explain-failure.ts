/** From the status of XLA to an error that a user can act on. The patterns are texts of XLA's sources. */
import { type ErrorCode, type ErrorDetails, L3mError } from "@l3m/errors";
import type { GpuProcess } from "./cuda/gpu-processes.ts";
import type { DoctorCheck } from "./install/doctor-check.ts";

/** What a function of the plugin returned. */
export interface Failure {
  /** For example `RESOURCE_EXHAUSTED`. */
  readonly pjrtCode: string;
  readonly text: string;
  /** For example `PJRT_Client_Compile`. */
  readonly pjrtFunction: string;
}

/** What is known of the machine when a GPU does not start. */
export interface GpuFacts {
  readonly checks: readonly DoctorCheck[];
  readonly processes: readonly GpuProcess[];
}

type Explanation = readonly [ErrorCode, ErrorDetails];

interface Rule {
  readonly matches: RegExp;
  readonly explain: (found: RegExpExecArray, failure: Failure, facts: GpuFacts) => Explanation;
}

const RULES: readonly Rule[] = [
  {
    matches: /RESOURCE_EXHAUSTED|CUDA_ERROR_OUT_OF_MEMORY|out of memory/i,
    explain: (_, failure, facts) =>
      failure.pjrtFunction === "PJRT_Client_Create" ? taken(facts) : tooLarge(failure, facts),
  },
  {
    matches:
      /driver version is insufficient|SYSTEM_DRIVER_MISMATCH|unsupported display driver|unsupported toolchain|Possibly insufficient driver version/i,
    explain: (_, { text }, { checks }) => [
      "L3M_GPU",
      {
        message: "the NVIDIA driver is too old for this version of CUDA, or its parts are of different versions",
        got: checks.find(({ name }) => name === "driver")?.why ?? firstLine(text),
        fix: "Update the driver (and start the machine again when it was just updated), or use CUDA 12: l3m engine install cuda12.",
      },
    ],
  },
  {
    matches:
      /No visible GPU devices|no supported devices found for platform|CUDA_ERROR_NO_DEVICE|no CUDA-capable device/,
    explain: (_, { text }, { checks }) => {
      const reason = checks.find(({ ok }) => !ok);
      return [
        "L3M_GPU",
        {
          message: "XLA sees no GPU",
          got: reason === undefined ? firstLine(text) : `${reason.name}: ${reason.why}`,
          fix: reason?.fix ?? "Run: l3m engine doctor cuda13.",
        },
      ];
    },
  },
  {
    matches: /Loaded runtime CuDNN library: (\S+) but source was compiled with: ([\d.]+)/,
    explain: ([, got, expected]) => [
      "L3M_GPU",
      {
        message: "the cuDNN that was loaded is too old for this plugin",
        expected: `cuDNN ${expected ?? ""} or newer of the same major version`,
        got: `cuDNN ${got ?? ""}`,
        fix: "Use the libraries of the wheel lock (l3m engine install cuda13), or update nvidia-cudnn-cu13 in the Python environment.",
      },
    ],
  },
  {
    matches: /DNN library initialization failed|CUDNN_STATUS_(NOT_INITIALIZED|INTERNAL_ERROR)/,
    explain: (_, { text }) => [
      "L3M_GPU",
      {
        message: "cuDNN did not start: too little free memory beside the run's, or libraries of different versions",
        got: firstLine(text),
        fix: "Lower L3M_GPU_MEMORY_FRACTION (0.85), end other programs on this GPU, and run: l3m engine doctor cuda13.",
      },
    ],
  },
  {
    matches: /no kernel image is available|CUDA_ERROR_NO_BINARY_FOR_GPU/i,
    explain: (_, { text }) => [
      "L3M_GPU",
      {
        message: "this plugin was not built for this kind of GPU",
        expected: "compute capability 7.5 or newer",
        got: firstLine(text),
        fix: "Use a newer GPU, or another engine: --engine xla-cpu.",
      },
    ],
  },
  {
    matches: /No PTX compilation provider is available|libdevice(\.10\.bc)? (is required|not found)|Couldn't get ptxas/,
    explain: (_, { text }) => [
      "L3M_GPU",
      {
        message: "XLA finds no ptxas or no libdevice, with which it makes kernels",
        got: firstLine(text),
        fix: "Use the wheel lock (l3m engine install cuda13), or install nvidia-cuda-nvcc and nvidia-nvvm beside the plugin, or set XLA_FLAGS=--xla_gpu_cuda_data_dir=FOLDER.",
      },
    ],
  },
  {
    matches: /No such compile option: '([^']*)'|'([^']*)' is not a valid \w+ value/,
    explain: ([text, name]) => [
      "L3M_BAD_OPTION",
      {
        message: name === undefined ? "a flag of XLA has a wrong value" : `XLA has no flag "${name}"`,
        got: text,
        fix: "Correct experiment.xla_flags.",
      },
    ],
  },
];

/** The error for a failure; `L3M_PJRT` with XLA's own words for what no rule knows. `data` always has code, function and text. */
export function explainFailure(failure: Failure, facts: () => GpuFacts = noFacts): L3mError {
  const { pjrtCode, pjrtFunction, text } = failure;
  const data = { pjrtCode, pjrtFunction, text };
  for (const { matches, explain } of RULES) {
    const found = matches.exec(`${pjrtCode}: ${text}`);
    if (found === null) continue;
    const [code, details] = explain(found, failure, facts());
    return new L3mError(code, { ...details, data: { ...data, ...details.data } });
  }
  return new L3mError("L3M_PJRT", { message: `${pjrtCode}: ${text}`, data });
}

const noFacts = (): GpuFacts => ({ checks: [], processes: [] });

function holdersOf({ processes }: GpuFacts): string[] {
  return processes.map(({ pid, command, devices }) => `process ${pid} (${command}) on ${devices.join(", ")}`);
}

function taken(facts: GpuFacts): Explanation {
  const holders = holdersOf(facts);
  return [
    "L3M_OUT_OF_MEMORY",
    {
      message: "the memory of the GPU cannot be taken: another program holds it",
      got:
        holders.length === 0 ? "no process of this user is seen; look with nvidia-smi" : holders.join("\n            "),
      fix: "End that program, or choose another GPU (CUDA_VISIBLE_DEVICES=1), or share this one: L3M_GPU_MEMORY_FRACTION=0.4 or L3M_GPU_PREALLOCATE=0.",
    },
  ];
}

/** Where in its work XLA ran out. */
function tooLarge(failure: Failure, facts: GpuFacts): Explanation {
  const phase = PHASES[failure.pjrtFunction] ?? "while it ran";
  const wanted = /(?:trying to allocate|request for|[Ff]ailed to allocate) ([\d.]+ ?(?:[KMGTP]i?B|[Bb]ytes))/.exec(
    failure.text,
  )?.[1];
  const buffers = largestBuffers(failure.text);
  const holders = holdersOf(facts);
  const got = [
    ...(wanted === undefined ? [] : [`${wanted} more were asked for`]),
    ...(holders.length === 0 ? [] : [`the GPU is also used by ${holders.join(", ")}`]),
  ];
  return [
    "L3M_OUT_OF_MEMORY",
    {
      message: `the device has too little memory for the program (${phase})`,
      ...(buffers.length > 0 && { expected: `room for, among others: ${buffers.join("; ")}` }),
      ...(got.length > 0 && { got: got.join("; ") }),
      data: { buffers },
    },
  ];
}

const PHASES: Readonly<Record<string, string>> = {
  PJRT_Client_Compile: "when it was compiled",
  PJRT_Executable_DeserializeAndLoad: "when it was loaded",
  PJRT_Client_BufferFromHostBuffer: "when data was copied to it",
};

/** XLA's list of "Peak buffers", largest first: `4.00GiB f32[32,1024,50432] (jit(step)/dot)`. */
export function largestBuffers(text: string, most = 5): string[] {
  const list = text.split(/Peak buffers:/)[1];
  if (list === undefined) return [];
  return list
    .split(/Buffer \d+:/)
    .slice(1, most + 1)
    .map((block) => {
      const field = (name: string): string | undefined => new RegExp(`${name}: (.*)`).exec(block)?.[1]?.trim();
      const shape = field("Shape") ?? field("Entry Parameter Subshape");
      const origin = /op_name="([^"]*)"/.exec(block)?.[1] ?? field("XLA Label") ?? "a parameter";
      return [field("Size"), shape, `(${origin})`].filter((part) => part !== undefined).join(" ");
    });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
