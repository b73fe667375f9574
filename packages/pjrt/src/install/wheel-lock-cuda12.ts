/**
 * The CUDA 12 part of the wheel lock, for drivers that are too old for CUDA 13: XLA's plugin and the NVIDIA libraries that it
 * loads (the requirements of jax-cuda12-plugin's extra `with-cuda`), at the versions that were current when it was released.
 */
import type { LockedEngine, LockedWheel } from "./wheel-lock.ts";

const PLUGIN = "jax_plugins/xla_cuda12/xla_cuda_plugin.so";

const X64: readonly LockedWheel[] = [
  {
    project: "jax-cuda12-pjrt",
    version: "0.11.2",
    filename: "jax_cuda12_pjrt-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "2133b3afc63307c016ae4980f166b2b3de199759363ead74f7d550eaae953463",
    bytes: 188235313,
  },
  {
    project: "nvidia-cublas-cu12",
    version: "12.9.2.10",
    filename: "nvidia_cublas_cu12-12.9.2.10-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "e4f53a8ca8c5d6e8c492d0d0a3d565ecb59a751b19cfdaa4f6da0ab2104c1702",
    bytes: 581240110,
  },
  {
    project: "nvidia-cuda-cupti-cu12",
    version: "12.9.79",
    filename: "nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl",
    sha256: "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f",
    bytes: 10814997,
  },
  {
    project: "nvidia-cuda-nvcc-cu12",
    version: "12.9.86",
    filename: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    bytes: 40546229,
  },
  {
    project: "nvidia-cuda-nvrtc-cu12",
    version: "12.9.86",
    filename: "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
    bytes: 89568129,
  },
  {
    project: "nvidia-cuda-runtime-cu12",
    version: "12.9.79",
    filename: "nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
    bytes: 3493179,
  },
  {
    project: "nvidia-cudnn-cu12",
    version: "9.26.0.51",
    filename: "nvidia_cudnn_cu12-9.26.0.51-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "ce8603d4ea88d134be5a92c5e0833d513bea1ce0ee4bbc5d649fcb8718d51cbf",
    bytes: 770488318,
  },
  {
    project: "nvidia-cufft-cu12",
    version: "11.4.1.4",
    filename: "nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
    bytes: 200877592,
  },
  {
    project: "nvidia-cusolver-cu12",
    version: "11.7.5.82",
    filename: "nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
    bytes: 338117415,
  },
  {
    project: "nvidia-cusparse-cu12",
    version: "12.5.10.65",
    filename: "nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
    bytes: 366465088,
  },
  {
    project: "nvidia-nccl-cu12",
    version: "2.31.2",
    filename: "nvidia_nccl_cu12-2.31.2-py3-none-manylinux_2_18_x86_64.whl",
    sha256: "f9b1dc3c2a7e20176054144ebb3b32fea83b40402ee5d7ac7045cd11ecc956c0",
    bytes: 342105414,
  },
  {
    project: "nvidia-nvjitlink-cu12",
    version: "12.9.86",
    filename: "nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
    bytes: 39748338,
  },
  {
    project: "nvidia-nvshmem-cu12",
    version: "3.7.2",
    filename: "nvidia_nvshmem_cu12-3.7.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "02b6d3482d90ea8ba214bc400362297f573257763990a98c9846ec5c786a7227",
    bytes: 230171132,
  },
];

const ARM64: readonly LockedWheel[] = [
  {
    project: "jax-cuda12-pjrt",
    version: "0.11.2",
    filename: "jax_cuda12_pjrt-0.11.2-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "f36247d40973b20acf3c69dac7c9c720daaa4096a809b3e8fd70292be617cdeb",
    bytes: 182867418,
  },
  {
    project: "nvidia-cublas-cu12",
    version: "12.9.2.10",
    filename: "nvidia_cublas_cu12-12.9.2.10-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "5572131a59c3eebeeb1c4c8144f772d49372c20124916e072a0e3fc30df421d5",
    bytes: 575012079,
  },
  {
    project: "nvidia-cuda-cupti-cu12",
    version: "12.9.79",
    filename: "nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_aarch64.whl",
    sha256: "791853b030602c6a11d08b5578edfb957cadea06e9d3b26adbf8d036135a4afe",
    bytes: 10077166,
  },
  {
    project: "nvidia-cuda-nvcc-cu12",
    version: "12.9.86",
    filename: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "44e1eca4d08926193a558d2434b1bf83d57b4d5743e0c431c0c83d51da1df62b",
    bytes: 39411138,
  },
  {
    project: "nvidia-cuda-nvrtc-cu12",
    version: "12.9.86",
    filename: "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "096d4de6bda726415dfaf3198d4f5c522b8e70139c97feef5cd2ca6d4cd9cead",
    bytes: 44528905,
  },
  {
    project: "nvidia-cuda-runtime-cu12",
    version: "12.9.79",
    filename: "nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "83469a846206f2a733db0c42e223589ab62fd2fabac4432d2f8802de4bded0a4",
    bytes: 3515012,
  },
  {
    project: "nvidia-cudnn-cu12",
    version: "9.26.0.51",
    filename: "nvidia_cudnn_cu12-9.26.0.51-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "24458a34856d6b5e83aa9b7041e92a789f0ef390f4d881529fb986df6aecca60",
    bytes: 776301552,
  },
  {
    project: "nvidia-cufft-cu12",
    version: "11.4.1.4",
    filename: "nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "1a28c9b12260a1aa7a8fd12f5ebd82d027963d635ba82ff39a1acfa7c4c0fbcf",
    bytes: 200822453,
  },
  {
    project: "nvidia-cusolver-cu12",
    version: "11.7.5.82",
    filename: "nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "62efa83e4ace59a4c734d052bb72158e888aa7b770e1a5f601682f16fe5b4fd2",
    bytes: 337869834,
  },
  {
    project: "nvidia-cusparse-cu12",
    version: "12.5.10.65",
    filename: "nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "221c73e7482dd93eda44e65ce567c031c07e2f93f6fa0ecd3ba876a195023e83",
    bytes: 366359408,
  },
  {
    project: "nvidia-nccl-cu12",
    version: "2.31.2",
    filename: "nvidia_nccl_cu12-2.31.2-py3-none-manylinux_2_18_aarch64.whl",
    sha256: "f208de397e431631eab0eca946444404a495d43a007535baa333d7de9e510ca2",
    bytes: 342026203,
  },
  {
    project: "nvidia-nvjitlink-cu12",
    version: "12.9.86",
    filename: "nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "994a05ef08ef4b0b299829cde613a424382aff7efb08a7172c1fa616cc3af2ca",
    bytes: 39514880,
  },
  {
    project: "nvidia-nvshmem-cu12",
    version: "3.7.2",
    filename: "nvidia_nvshmem_cu12-3.7.2-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "98495de30994f1401a12cc8158ffacbeada44579f54185d75665381468056faa",
    bytes: 229963056,
  },
];

/** One entry for each processor. */
export const CUDA12_WHEELS: readonly LockedEngine[] = [
  { engine: "cuda12", project: "jax-cuda12-pjrt", version: "0.11.2", arch: "x64", plugin: PLUGIN, wheels: X64 },
  { engine: "cuda12", project: "jax-cuda12-pjrt", version: "0.11.2", arch: "arm64", plugin: PLUGIN, wheels: ARM64 },
];
