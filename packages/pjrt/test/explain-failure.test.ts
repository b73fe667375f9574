/** Texts of XLA (its plugin for CUDA 13 holds each of the wordings) and the errors that they become. */
import { describe, expect, it } from "vitest";
import { explainFailure, type GpuFacts, largestBuffers } from "../src/explain-failure.ts";

const PEAK = `Out of memory while trying to allocate 4770354232 bytes.
BufferAssignment OOM Debugging.
BufferAssignment stats:
             parameter allocation:    6.00MiB
                 total allocation:   12.00MiB
Peak buffers:
\tBuffer 1:
\t\tSize: 6.15GiB
\t\tOperator: op_name="jit(step)/dot_general" source_file="x.py" source_line=689
\t\tXLA Label: custom-call
\t\tShape: bf16[32768,100864]
\t\t==========================

\tBuffer 2:
\t\tSize: 384.0MiB
\t\tEntry Parameter Subshape: f32[50432,2048]
\t\t==========================
`;

const facts: GpuFacts = {
  checks: [
    { name: "gpu", ok: true, why: "/dev/nvidia0" },
    { name: "visible", ok: false, why: 'CUDA_VISIBLE_DEVICES=""', fix: "Unset CUDA_VISIBLE_DEVICES." },
  ],
  processes: [{ pid: 4711, command: "python3 train.py", devices: ["/dev/nvidia0"] }],
};

const run = "PJRT_LoadedExecutable_Execute";
const compile = "PJRT_Client_Compile";
const create = "PJRT_Client_Create";

/** Function, code, text of XLA, code of the error, what its message must say. */
const TABLE: readonly [string, string, string, string, RegExp][] = [
  [
    run,
    "RESOURCE_EXHAUSTED",
    PEAK,
    "L3M_OUT_OF_MEMORY",
    /while it ran[\s\S]*6.15GiB bf16\[32768,100864\] \(jit\(step\)\/dot_general\)[\s\S]*4770354232 bytes/,
  ],
  [
    run,
    "RESOURCE_EXHAUSTED",
    "Out of memory while trying to allocate 74.29GiB.",
    "L3M_OUT_OF_MEMORY",
    /got: {6}74.29GiB more.*4711 \(python3 train.py\)/,
  ],
  [
    compile,
    "RESOURCE_EXHAUSTED",
    "Allocating 90000000000 bytes exceeds the memory limit of 73000000000 bytes.",
    "L3M_OUT_OF_MEMORY",
    /when it was compiled/,
  ],
  [
    "PJRT_Client_BufferFromHostBuffer",
    "RESOURCE_EXHAUSTED",
    "Failed to allocate request for 6.27GiB (6727663616B) on device ordinal 0",
    "L3M_OUT_OF_MEMORY",
    /copied to it[\s\S]*6.27GiB/,
  ],
  [
    "PJRT_Executable_DeserializeAndLoad",
    "INTERNAL",
    "CUDA error: Failed to load in-memory CUBIN: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
    "L3M_OUT_OF_MEMORY",
    /when it was loaded/,
  ],
  [
    create,
    "INTERNAL",
    "CUDA error: Failed to create context: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
    "L3M_OUT_OF_MEMORY",
    /another program holds it[\s\S]*process 4711[\s\S]*L3M_GPU_MEMORY_FRACTION/,
  ],
  [
    create,
    "FAILED_PRECONDITION",
    "No visible GPU devices.",
    "L3M_GPU",
    /sees no GPU[\s\S]*visible: CUDA_VISIBLE_DEVICES=""[\s\S]*Unset/,
  ],
  [create, "NOT_FOUND", "no supported devices found for platform CUDA", "L3M_GPU", /sees no GPU/],
  [
    create,
    "INTERNAL",
    "CUDA error: Failed call to cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: system has unsupported display driver / cuda driver combination",
    "L3M_GPU",
    /driver is too old[\s\S]*start the machine again/,
  ],
  [
    create,
    "INTERNAL",
    "CUDA error: : CUDA driver version is insufficient for CUDA runtime version",
    "L3M_GPU",
    /driver is too old[\s\S]*cuda12/,
  ],
  [run, "INTERNAL", "the provided PTX was compiled with an unsupported toolchain.", "L3M_GPU", /driver is too old/],
  [
    compile,
    "INTERNAL",
    "Loaded runtime CuDNN library: 9.1.0 but source was compiled with: 9.12.0.  CuDNN library needs to have matching major version",
    "L3M_GPU",
    /got: {6}cuDNN 9.1.0/,
  ],
  [
    compile,
    "FAILED_PRECONDITION",
    "DNN library initialization failed. Look at the errors above for more details.",
    "L3M_GPU",
    /L3M_GPU_MEMORY_FRACTION/,
  ],
  [run, "INTERNAL", "no kernel image is available for execution on the device", "L3M_GPU", /7\.5/],
  [
    compile,
    "UNAVAILABLE",
    "No PTX compilation provider is available. Neither ptxas/nvlink nor nvjtlink is available.",
    "L3M_GPU",
    /nvidia-cuda-nvcc/,
  ],
  [
    compile,
    "INTERNAL",
    "libdevice is required by this HLO module but was not found at ./libdevice.10.bc",
    "L3M_GPU",
    /xla_gpu_cuda_data_dir/,
  ],
  [
    compile,
    "INVALID_ARGUMENT",
    "No such compile option: 'xla_gpu_nope'",
    "L3M_BAD_OPTION",
    /no flag "xla_gpu_nope"[\s\S]*experiment.xla_flags/,
  ],
  [compile, "INVALID_ARGUMENT", "'true' is not a valid bool value.", "L3M_BAD_OPTION", /wrong value/],
  [compile, "INVALID_ARGUMENT", "expected '->' in function type", "L3M_PJRT", /INVALID_ARGUMENT: expected/],
];

describe("explainFailure", () => {
  it.each(TABLE)("%s %s: %s", (pjrtFunction, pjrtCode, text, code, message) => {
    const error = explainFailure({ pjrtFunction, pjrtCode, text }, () => facts);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.details.data).toMatchObject({ pjrtCode, pjrtFunction, text });
  });

  it("says so when no process is seen", () => {
    const error = explainFailure({ pjrtCode: "RESOURCE_EXHAUSTED", text: "", pjrtFunction: create });
    expect(error.message).toMatch(/nvidia-smi/);
  });
});

describe("largestBuffers", () => {
  it("reads XLA's list, as far as asked", () => {
    expect(largestBuffers(PEAK)).toEqual([
      "6.15GiB bf16[32768,100864] (jit(step)/dot_general)",
      "384.0MiB f32[50432,2048] (a parameter)",
    ]);
    expect(largestBuffers(PEAK, 1)).toHaveLength(1);
    expect(largestBuffers("nothing")).toEqual([]);
  });
});
