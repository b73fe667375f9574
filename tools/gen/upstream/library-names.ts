/** Names of other libraries that ml-l3m uses and that no plugin registers. */
import { here, type Names, registered } from "./fate.ts";

const OWN_STREAM = "training draws from counters; the goldens play this stream";

export const LIBRARY_NAMES: Names = {
  "torch.utils.data": {
    DataLoader: here("packages/data/src/loader/create-loader.ts#createLoader"),
    SequentialSampler: here("packages/data/src/samplers/sequential.ts#SequentialSampler"),
    "RandomSampler DistributedSampler": registered,
  },
  torch: {
    Generator: here("packages/data/src/rng/torch-mt19937.ts#TorchMt19937", {
      remark:
        "`data/infinite-data-sampler` and `data/random-sampler` shuffle with it; all else in training draws from counters",
      cases: "data/torch_rng",
    }),
  },
  "numpy.random": {
    default_rng: here("packages/testing/src/goldens/rng/numpy-pcg64.ts#NumpyPcg64", {
      remark: OWN_STREAM,
      cases: "data/numpy_pcg64",
    }),
    RandomState: here("packages/testing/src/goldens/rng/numpy-legacy.ts#NumpyLegacy", {
      remark: OWN_STREAM,
      cases: "data/numpy_legacy",
    }),
  },
  "torch.nn.utils": { clip_grad_norm_: here("packages/optim/src/clipping/clip-grad-norm.ts#clipGradNorm") },
  "torch.amp": { GradScaler: here("packages/optim/src/scaling/gradient-scaler.ts#gradientScaler") },
  "timm.loss": {
    LabelSmoothingCrossEntropy: { not: "`losses/cross-entropy-loss` with `label_smoothing: 0.1`" },
  },
};
