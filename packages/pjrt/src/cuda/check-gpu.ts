/** Whether programs can use a GPU here at all: the first checks of the doctor, and the reason that an error gives. */
import type { DoctorCheck } from "../install/doctor-check.ts";
import { OLDEST_DRIVER, readDriver } from "./driver.ts";

/** In the order in which a cure makes sense. `root` stands for `/`. */
export function checkGpu(
  cudaMajor: number | undefined,
  root = "/",
  env: NodeJS.ProcessEnv = process.env,
): readonly DoctorCheck[] {
  const { devices, version, libcuda } = readDriver(root, env);
  const inWindows = devices.includes("/dev/dxg");
  const major = Number(version?.split(".")[0]);
  const oldest = cudaMajor === undefined ? undefined : OLDEST_DRIVER[cudaMajor];
  const visible = env["CUDA_VISIBLE_DEVICES"];
  const hidden = visible !== undefined && (visible.trim() === "" || visible.trim() === "-1");
  return [
    check("gpu", devices.length > 0, devices.join(", ") || "no /dev/nvidia0", {
      fix: "Use a machine with an NVIDIA GPU; in a container, start it with the GPU (docker run --gpus all).",
    }),
    check(
      "driver",
      inWindows || (version !== undefined && (oldest === undefined || major >= oldest)),
      inWindows
        ? "of Windows"
        : version === undefined
          ? "the kernel module of NVIDIA is not loaded (no /proc/driver/nvidia/version)"
          : `${version}${oldest === undefined ? "" : `; CUDA ${cudaMajor} needs ${oldest} or newer`}`,
      { fix: driverCure(cudaMajor, major) },
    ),
    check("libcuda", libcuda !== undefined, libcuda ?? "libcuda.so.1 is in no library folder", {
      fix: "Install the driver's libraries; in a container, start it with the GPU, or add their folder to LD_LIBRARY_PATH.",
    }),
    check("visible", !hidden, visible === undefined ? "all GPUs" : `CUDA_VISIBLE_DEVICES="${visible}"`, {
      fix: "Unset CUDA_VISIBLE_DEVICES, or name GPUs in it (CUDA_VISIBLE_DEVICES=0).",
    }),
  ];
}

function driverCure(cudaMajor: number | undefined, major: number): string {
  const olderCuda = (OLDEST_DRIVER[12] ?? 0) <= major;
  if (cudaMajor === 13 && olderCuda)
    return "Update the driver, or use CUDA 12: l3m engine install cuda12, then --engine xla-cuda12.";
  return "Install or update the NVIDIA driver.";
}

function check(name: string, ok: boolean, why: string, { fix }: { readonly fix: string }): DoctorCheck {
  return ok ? { name, ok, why } : { name, ok, why, fix };
}
