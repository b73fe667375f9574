/**
 * Whether cuDNN's attention kernels can do a piece of work, and how. XLA stops with an error when cuDNN refuses a call, so
 * everything is decided here. Conditions: cudnn-frontend, node/sdpa_support_surface.h, for cuDNN 9.
 */
import { type ElementType, type Mesh } from "@l3m/stablehlo";
import { type LoweringPlatform } from "../backend/xla-backend.ts";
import { type AttentionShards, attentionShards } from "./attention-shards.ts";

/** Shape letters: attention.ts. */
export interface AttentionWork {
  readonly platform: LoweringPlatform;
  /** CUDA compute capability, 9 for an H100; unknown when lowering for another machine. */
  readonly capability: number | undefined;
  /** Element type of q, k and v. */
  readonly element: ElementType;
  /** `[B, H, N, d]` */
  readonly queries: readonly number[];
  /** `[B, G, M, d]` */
  readonly keys: readonly number[];
  readonly causal: boolean;
  readonly isMasked: boolean;
  /** Dropout on the probabilities: cuDNN's draws other numbers on every machine, from a seed that is part of the program. */
  readonly drops: boolean;
  /** More than one device. */
  readonly mesh: Mesh | undefined;
}

export interface CudnnPlan {
  /** Queries and keys in the call: N and M, or more when padded. */
  readonly N: number;
  readonly M: number;
  /** A bias hides the padded keys. */
  readonly hidesPadding: boolean;
  readonly shards: AttentionShards | undefined;
}

export interface CudnnLengths {
  /** What padded lengths are multiples of. */
  readonly multiple: number;
  /** Pads odd lengths also where cuDNN takes them as they are: in calls without a bias. */
  readonly padsWithoutBias: boolean;
}

/** How odd lengths are treated. cuDNN needs even ones only with a bias. */
const CUDNN_PLAN: CudnnLengths = { multiple: 8, padsWithoutBias: false };

/** The plan, or the reason why cuDNN is not called. */
export function planCudnn(work: AttentionWork, lengths: CudnnLengths = CUDNN_PLAN): CudnnPlan | string {
  const { platform, capability = 9, element, queries, keys, causal, isMasked, drops, mesh } = work;
  const [B = 0, H = 0, N = 0, d = 0] = queries;
  const [, G = 0, M = 0] = keys;
  if (platform !== "cuda") return `the platform is ${platform}`;
  if (capability < 8) return `compute capability ${capability} is below 8.0`;
  if (element !== "bf16") return `the operands are ${element}`;
  if (drops) return "there is dropout on the probabilities";
  if (d % 8 !== 0) return `head width ${d} is not a multiple of 8`;
  const widest = Math.floor(capability) === 9 ? 256 : 128;
  if (d > widest) return `head width ${d} is above ${widest}`;
  if (B * H === 0) return "there is nothing to attend to";
  if (N < 2 || M < 2) return `a sequence of ${Math.min(N, M)} is too short to gain anything`;
  const shards = mesh === undefined ? undefined : attentionShards(mesh, B, H, G);
  if (typeof shards === "string") return shards;
  const isOdd = N % 2 === 1 || M % 2 === 1;
  if (!isOdd || !(isMasked || lengths.padsWithoutBias)) return { N, M, hidesPadding: false, shards };
  const padded = (length: number) => Math.ceil(length / lengths.multiple) * lengths.multiple;
  const pastEveryQuery = causal && N <= M; // padded keys come after every query
  return { N: padded(N), M: padded(M), hidesPadding: isMasked || !pastEveryQuery, shards };
}
