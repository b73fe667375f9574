/** Whether the NVIDIA libraries near a plugin are complete and new enough; files only, nothing is loaded. */
import type { DoctorCheck } from "../install/doctor-check.ts";
import type { NvidiaLibrary } from "./nvidia-libraries.ts";
import { NEEDED, stemOf } from "./preload-order.ts";
import type { CudaSurroundings } from "./prepare-cuda.ts";

/** Fused attention is right, and fast without padding, from this cuDNN on. */
const OLDEST_CUDNN = [9, 15] as const;

/** One check for all libraries, one for cuDNN and one for ptxas. Of a system's own CUDA nothing is known before it is loaded. */
export function checkLibraries({ root, libraries, dataDir, cudaMajor }: CudaSurroundings): readonly DoctorCheck[] {
  if (root === undefined)
    return [
      { name: "libraries", ok: true, why: "none near the plugin: those of the system (LD_LIBRARY_PATH) are used" },
    ];
  const cure = `Run: l3m engine install cuda${cudaMajor ?? 13}, or add the NVIDIA wheels to the Python environment.`;
  const stems = new Set(libraries.map(stemOf));
  const missing = NEEDED.filter((name) => !stems.has(name));
  const list = libraries.map((library) => `${stemOf(library).slice(3)} ${library.version ?? "(unknown version)"}`);
  return [
    missing.length === 0
      ? { name: "libraries", ok: true, why: `${list.join(", ")} in ${root}` }
      : { name: "libraries", ok: false, why: `${missing.join(", ")} missing in ${root}`, fix: cure },
    ...libraries.filter((library) => stemOf(library) === "libcudnn").map((library) => cudnnCheck(library, cure)),
    { name: "ptxas", ok: true, why: dataDir ?? "not near the plugin: XLA looks on PATH and uses nvJitLink otherwise" },
  ];
}

function cudnnCheck({ version }: NvidiaLibrary, fix: string): DoctorCheck {
  const needed = OLDEST_CUDNN.join(".");
  if (version === undefined) return { name: "cudnn", ok: true, why: `unknown version; ${needed} or newer is needed` };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = major > OLDEST_CUDNN[0] || (major === OLDEST_CUDNN[0] && minor >= OLDEST_CUDNN[1]);
  return { name: "cudnn", ok, why: ok ? version : `${version}; ${needed} or newer is needed`, ...(!ok && { fix }) };
}
