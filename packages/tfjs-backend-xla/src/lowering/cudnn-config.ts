/**
 * The configuration of XLA's custom calls for cuDNN attention: the JSON form of the protocol buffer
 * `CudnnfMHABackendConfig` (xla/service/gpu/backend_configs.proto), for operands `[B, N, H, d]` and results `[B, H, N, d]`.
 */
export interface CudnnConfig {
  readonly pass: "forward" | "backward";
  readonly scale: number;
  readonly causal: boolean;
  /** `[B, H, N, M]` as the call sees them. */
  readonly scores: readonly number[];
}

/** The four matrix products of the backward pass and the two of the forward pass, as XLA names them. */
const FORWARD = {
  bmm1_dot_dimension_numbers: dot(3, 3, [0, 2], [0, 2]),
  bmm2_dot_dimension_numbers: dot(3, 1, [0, 1], [0, 2]),
};
const BACKWARD = {
  bmm1_grad_gemm1_dot_dimension_numbers: dot(2, 1, [0, 1], [0, 2]),
  bmm1_grad_gemm2_dot_dimension_numbers: dot(3, 1, [0, 1], [0, 2]),
  bmm2_grad_gemm1_dot_dimension_numbers: dot(2, 1, [0, 1], [0, 2]),
  bmm2_grad_gemm2_dot_dimension_numbers: dot(3, 3, [0, 2], [0, 2]),
};

/** Numbers of 64 bits are strings in the JSON form of protocol buffers. */
export function cudnnConfig({ pass, scale, causal, scores }: CudnnConfig): string {
  return JSON.stringify({
    operation_queue_id: "0",
    cudnn_fmha_backend_config: {
      fmha_scale: scale,
      mask_type: causal ? "CAUSAL" : "NO_MASK",
      is_flash_attention: true,
      dropout_rate: 0,
      seed: "42",
      sliding_window_length: 0,
      max_seg_per_batch: 1,
      is_paged_attention: false,
      intermediate_tensor_shape: {
        element_type: "BF16",
        dimensions: scores.map(String),
        layout: { minor_to_major: ["3", "2", "1", "0"] },
        is_dynamic_dimension: [false, false, false, false],
      },
      ...(pass === "forward" ? FORWARD : BACKWARD),
    },
  });
}

function dot(lhs: number, rhs: number, lhsBatch: readonly number[], rhsBatch: readonly number[]): object {
  return {
    lhs_contracting_dimensions: [String(lhs)],
    rhs_contracting_dimensions: [String(rhs)],
    lhs_batch_dimensions: lhsBatch.map(String),
    rhs_batch_dimensions: rhsBatch.map(String),
  };
}
