/**
 * The CUDA 13 part of the wheel lock: XLA's plugin and the NVIDIA libraries that it loads (the requirements of jax-cuda13-plugin's
 * extra `with-cuda`), at the versions that were current when it was released. ptxas is in nvidia-cuda-nvcc, libdevice in nvidia-nvvm,
 * and nvidia-nvjitlink is needed by cuSPARSE and cuSOLVER. Every wheel is unpacked into the same folder, as pip would do it.
 */
import type { LockedEngine, LockedWheel } from "./wheel-lock.ts";

const PLUGIN = "jax_plugins/xla_cuda13/xla_cuda_plugin.so";

const X64: readonly LockedWheel[] = [
  {
    project: "jax-cuda13-pjrt",
    version: "0.11.2",
    filename: "jax_cuda13_pjrt-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "e5ff589d43064913bb74027682d89639c7ea48f9f81c2bae6fc75117e913f93e",
    bytes: 134162640,
  },
  {
    project: "nvidia-cublas",
    version: "13.8.0.4",
    filename: "nvidia_cublas-13.8.0.4-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "9f17797dfcc048694461f4e47de17d2e3c25adf172ef723d2db0a07cd8744b89",
    bytes: 439317144,
  },
  {
    project: "nvidia-cuda-cupti",
    version: "13.4.92",
    filename: "nvidia_cuda_cupti-13.4.92-py3-none-manylinux_2_25_x86_64.whl",
    sha256: "037b561575e6983bc4fe1caae644d7a296a8367f451bf6c2a3194f4d0765431c",
    bytes: 13058283,
  },
  {
    project: "nvidia-cuda-nvcc",
    version: "13.4.92",
    filename: "nvidia_cuda_nvcc-13.4.92-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "a1f3bfb27299e060b444d5df1f4bcd762501326cf0fd3141ed61756816ab9a0e",
    bytes: 47672022,
  },
  {
    project: "nvidia-cuda-nvrtc",
    version: "13.4.92",
    filename: "nvidia_cuda_nvrtc-13.4.92-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "5ce8c97b00b232c4f50c8c4b5a3b68cafee08bdb82ea86f2052ff01d03194f4a",
    bytes: 53301733,
  },
  {
    project: "nvidia-cuda-runtime",
    version: "13.4.92",
    filename: "nvidia_cuda_runtime-13.4.92-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "9641f797da20ce1dd8e779b6e96d08cf9ba564cec8e8225458811ee26423f3a5",
    bytes: 2494438,
  },
  {
    project: "nvidia-cudnn-cu13",
    version: "9.26.0.51",
    filename: "nvidia_cudnn_cu13-9.26.0.51-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "9c976d539786698c71d6bcdbe2053b7485fae062ff7e1215d2f2ff67b1a2149a",
    bytes: 519150073,
  },
  {
    project: "nvidia-cufft",
    version: "12.4.0.43",
    filename: "nvidia_cufft-12.4.0.43-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "0e8385013596b112d29c9ce8c63dc575b308d77636c7169104e18714f03961a8",
    bytes: 161750089,
  },
  {
    project: "nvidia-cusolver",
    version: "12.3.4.7",
    filename: "nvidia_cusolver-12.3.4.7-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "225dd543c7b93ca22e62a35b5f4d8b4f9caa515733793925c05cdcf58da5cf02",
    bytes: 246439468,
  },
  {
    project: "nvidia-cusparse",
    version: "12.8.6.72",
    filename: "nvidia_cusparse-12.8.6.72-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "a739f6ff51ea2a8a2990b267b9b4d3063a5d94890efb8ccf393bfcab9dd487aa",
    bytes: 170468146,
  },
  {
    project: "nvidia-nccl-cu13",
    version: "2.31.2",
    filename: "nvidia_nccl_cu13-2.31.2-py3-none-manylinux_2_18_x86_64.whl",
    sha256: "0bcaf0308854cb55fcc35af72e2c83143f3b71e65a4e865e2c586b1cdcdb5ae0",
    bytes: 252442223,
  },
  {
    project: "nvidia-nvjitlink",
    version: "13.4.92",
    filename: "nvidia_nvjitlink-13.4.92-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "e0391f24ed94ec879b84e3da4d4ec320c879aff681f2c7a638462f7199284323",
    bytes: 42452378,
  },
  {
    project: "nvidia-nvshmem-cu13",
    version: "3.7.2",
    filename: "nvidia_nvshmem_cu13-3.7.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "b9a4f843c62b5dded8ad33fd6d220e007dcd39f06cee549292f5ba14ce4c235c",
    bytes: 135397797,
  },
  {
    project: "nvidia-nvvm",
    version: "13.4.92",
    filename: "nvidia_nvvm-13.4.92-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "e4c81cb321dd9743bcf871c5e7e8fecd7f05dea607944426e102bdda8d49e137",
    bytes: 72604627,
  },
];

const ARM64: readonly LockedWheel[] = [
  {
    project: "jax-cuda13-pjrt",
    version: "0.11.2",
    filename: "jax_cuda13_pjrt-0.11.2-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "63b55e50e5c2583a25e196ba06b034b63d2b2d8ad4c2f17935652c8d3ad2dd2d",
    bytes: 128788047,
  },
  {
    project: "nvidia-cublas",
    version: "13.8.0.4",
    filename: "nvidia_cublas-13.8.0.4-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "e22b25be18f8b7d267dbbe2a8ec78e2c69c05762536d299dd0afa2c847115740",
    bytes: 552729449,
  },
  {
    project: "nvidia-cuda-cupti",
    version: "13.4.92",
    filename: "nvidia_cuda_cupti-13.4.92-py3-none-manylinux_2_25_aarch64.whl",
    sha256: "2358645c4607d4298dbe1d1989621ab246bc2efeb53e413be8eba922839946b1",
    bytes: 12853334,
  },
  {
    project: "nvidia-cuda-nvcc",
    version: "13.4.92",
    filename: "nvidia_cuda_nvcc-13.4.92-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "d6fc9f720c3b73b9e526f4c759dbc6581e1a300ba2c8191e3f0ed91c848a92c8",
    bytes: 41755976,
  },
  {
    project: "nvidia-cuda-nvrtc",
    version: "13.4.92",
    filename: "nvidia_cuda_nvrtc-13.4.92-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "24b9f5eccc6a5a19779038cf468aecb7cecfa8716269beaef5640bd989d21c28",
    bytes: 50927348,
  },
  {
    project: "nvidia-cuda-runtime",
    version: "13.4.92",
    filename: "nvidia_cuda_runtime-13.4.92-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "bef071788589550ab02846fcbc732a2b88c2b16f2cd8a0f45d98e68e8c5fb0c8",
    bytes: 2509438,
  },
  {
    project: "nvidia-cudnn-cu13",
    version: "9.26.0.51",
    filename: "nvidia_cudnn_cu13-9.26.0.51-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "8e5b4f5eccff721416f70ecf4353172fc4d5cdd8ca869fe6f983a4a5b0147b20",
    bytes: 595329497,
  },
  {
    project: "nvidia-cufft",
    version: "12.4.0.43",
    filename: "nvidia_cufft-12.4.0.43-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "3938644a5b594e06d396e02d6e52bdd84589b3c1f3a8a127a2704211c2abc441",
    bytes: 161750525,
  },
  {
    project: "nvidia-cusolver",
    version: "12.3.4.7",
    filename: "nvidia_cusolver-12.3.4.7-py3-none-manylinux_2_27_aarch64.whl",
    sha256: "4a38d88a1ea3f7b656e52001caf943b625822a89df3a8b63d895f56ef777b1a4",
    bytes: 291070656,
  },
  {
    project: "nvidia-cusparse",
    version: "12.8.6.72",
    filename: "nvidia_cusparse-12.8.6.72-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "c3917c86fd419cbd42229b5cccb8bbe5200ed5b7dec3aa86d28e25c90a256e1b",
    bytes: 188672939,
  },
  {
    project: "nvidia-nccl-cu13",
    version: "2.31.2",
    filename: "nvidia_nccl_cu13-2.31.2-py3-none-manylinux_2_18_aarch64.whl",
    sha256: "b5563f8e2534f363d93ace022670ba016d3717e190ac4eba564d05fbbe8495b1",
    bytes: 252479893,
  },
  {
    project: "nvidia-nvjitlink",
    version: "13.4.92",
    filename: "nvidia_nvjitlink-13.4.92-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "25f74fad0d654271c921ac4dca614bd6258bc21791242fc7b2289dad7ae9c099",
    bytes: 40420120,
  },
  {
    project: "nvidia-nvshmem-cu13",
    version: "3.7.2",
    filename: "nvidia_nvshmem_cu13-3.7.2-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "0e748308b9e0a8a8d81859353f3e6c98fbe85a85f652a915a2ba60149a0bd124",
    bytes: 135174619,
  },
  {
    project: "nvidia-nvvm",
    version: "13.4.92",
    filename: "nvidia_nvvm-13.4.92-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    sha256: "6b70f49442461c1b1033e599ff021676ea3d20840be1e7f92e1d6560daf08637",
    bytes: 68458634,
  },
];

/** One entry for each processor. */
export const CUDA13_WHEELS: readonly LockedEngine[] = [
  { engine: "cuda13", project: "jax-cuda13-pjrt", version: "0.11.2", arch: "x64", plugin: PLUGIN, wheels: X64 },
  { engine: "cuda13", project: "jax-cuda13-pjrt", version: "0.11.2", arch: "arm64", plugin: PLUGIN, wheels: ARM64 },
];
