/** A Python environment with a CUDA plugin and NVIDIA's libraries, all compiled here: each library notes that it was loaded. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** True where a C compiler is. */
export const hasCompiler = spawnSync("cc", ["--version"]).status === 0;

/** Names with what they need, deliberately not in the order in which they must be loaded. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  "cu13/lib/libcusolver.so.12": ["cu13/lib/libcusparse.so.12", "cu13/lib/libcublas.so.13"],
  "cu13/lib/libcusparse.so.12": ["cu13/lib/libnvJitLink.so.13"],
  "cu13/lib/libcublas.so.13": ["cu13/lib/libcublasLt.so.13"],
  "cu13/lib/libcublasLt.so.13": [],
  "cu13/lib/libnvJitLink.so.13": [],
  "cu13/lib/libcudart.so.13": [],
  "cu13/lib/libnvrtc.so.13": [],
  "cu13/lib/libcufft.so.12": [],
  "nccl/lib/libnccl.so.2": [],
  "cudnn/lib/libcudnn.so.9": [],
  "nvshmem/lib/libnvshmem_host.so.3": ["nvshmem/lib/libabsent.so.1"], // XLA does without it
  "nvshmem/lib/libabsent.so.1": [],
  "cudnn/lib/libcudnn_graph.so.9": [], // cuDNN opens its parts itself
  "cublas/lib/libcublas.so.12": [], // of CUDA 12, in the same environment
};

/** Builds it below `root` and returns the plugin. Loading a library appends its name to the file that `LOADED` names. */
export function fakeCuda(root: string, cudnn = "9.26.0.51"): string {
  const nvidia = path.join(root, "nvidia");
  const build = (member: string): void => {
    for (const needed of LIBRARIES[member] ?? []) build(needed);
    compile(
      path.join(nvidia, member),
      (LIBRARIES[member] ?? []).map((needed) => path.join(nvidia, needed)),
    );
  };
  for (const member of Object.keys(LIBRARIES)) build(member);
  rmSync(path.join(nvidia, "nvshmem/lib/libabsent.so.1"));
  write(path.join(root, `nvidia_cudnn_cu13-${cudnn}.dist-info/RECORD`), "nvidia/cudnn/lib/libcudnn.so.9,sha256=x,1\n");
  write(path.join(nvidia, "cu13/nvvm/libdevice/libdevice.10.bc"), "");
  const plugin = path.join(root, "jax_plugins/xla_cuda13/xla_cuda_plugin.so");
  compile(plugin, [], "void *GetPjrtApi(void) { return 0; }");
  return plugin;
}

function compile(file: string, needed: readonly string[], more = ""): void {
  const name = path.basename(file);
  const source = `${file}.c`;
  write(
    source,
    `#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void loaded(void) {
  const char *file = getenv("LOADED");
  FILE *out = file ? fopen(file, "a") : 0;
  if (out) { fprintf(out, "%s\\n", "${name}"); fclose(out); }
}
${more}
`,
  );
  execFileSync("cc", ["-shared", "-fPIC", "-Wl,--no-as-needed", `-Wl,-soname,${name}`, "-o", file, source, ...needed]);
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
