/** What devices can do at most, as their makers state it: the denominator of MFU. */

export interface DevicePeak {
  /** Matches the kind that PJRT reports. */
  readonly kind: RegExp;
  /** For people. */
  readonly name: string;
  /** Dense bf16 matrix products that accumulate in f32, in FLOP/s. */
  readonly bf16: number;
  readonly source: string;
}

/** The first that matches counts. */
const DEVICE_PEAKS: readonly DevicePeak[] = [
  {
    kind: /H100.*PCIe/i,
    name: "H100 PCIe",
    bf16: 756e12,
    source: "NVIDIA H100 Tensor Core GPU Architecture (white paper)",
  },
  { kind: /H100.*NVL/i, name: "H100 NVL", bf16: 835.5e12, source: "NVIDIA H100 NVL data sheet, without sparsity" },
  { kind: /H100/i, name: "H100 SXM", bf16: 989.4e12, source: "NVIDIA H100 Tensor Core GPU Architecture (white paper)" },
  { kind: /H200/i, name: "H200", bf16: 989.4e12, source: "NVIDIA H200 data sheet, without sparsity" },
  { kind: /A100/i, name: "A100", bf16: 312e12, source: "NVIDIA A100 data sheet, without sparsity" },
  { kind: /L40S/i, name: "L40S", bf16: 362.05e12, source: "NVIDIA L40S data sheet, without sparsity" },
  { kind: /\bL4\b/i, name: "L4", bf16: 121e12, source: "NVIDIA L4 data sheet, without sparsity" },
];

/** The peak of a device, if it is known. */
export function devicePeak(kind: string): DevicePeak | undefined {
  return DEVICE_PEAKS.find((peak) => peak.kind.test(kind));
}
