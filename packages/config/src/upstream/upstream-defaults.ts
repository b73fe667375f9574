/** What ml-l3m assumes where a file says nothing: the values that it merges under every config. */
import { fromPlainTree, type MapNode } from "../tree/config-node.ts";

/** The file that places of these values show. */
export const UPSTREAM_DEFAULTS = "ml-l3m's defaults";

const VALUES = {
  constants: { embed_dim: 1024, img_size: 224 },
  data: {
    nb_classes: 1000,
    train: { shuffle: true, dataset: null, dataloader: { batch_size: 64, num_workers: 10 } },
    validation: null,
  },
  experiment: {
    seed: 0,
    device: "cuda",
    dtype: "bfloat16",
    amp_enabled: true,
    test_frequency: 2000,
    ckpt_save_freq: 1000,
    fsdp: { sharding_strategy: "FULL_SHARD", param_dtype: "bf16", reduce_dtype: "bf16" },
  },
};

/** The defaults as a tree to merge a file over. */
export function upstreamDefaults(): MapNode {
  const place = { file: UPSTREAM_DEFAULTS };
  const node = fromPlainTree(VALUES, place);
  return node.kind === "map" ? node : { kind: "map", entries: new Map(), place };
}
