/** From names in files to names of parameters: without what a trainer wraps around a model. */
import { badWeights } from "./bad-weights.ts";
import type { WeightSource, Weights } from "./weight-source.ts";

/** What compiling, activation checkpointing and sharding put into PyTorch's names. */
const WRAPPERS = ["_orig_mod.", "_checkpoint_wrapped_module.", "_fsdp_wrapped_module."];

/** DistributedDataParallel puts the whole model under this. */
const PARALLEL = "module.";

/** Parts of a training state in L3M's own checkpoints that belong to the model. */
const OWN_PARTS = ["model/", "buffers/"];

/** The same weights under bare names; the optimizer's state of a checkpoint is left out. @throws L3M_WEIGHTS when two would have one name */
export function withBareNames(weights: Weights, file: string): Weights {
  const isParallel = [...weights.keys()].every((name) => name.startsWith(PARALLEL));
  const bare = new Map<string, WeightSource>();
  for (const [name, source] of weights) {
    if (name.startsWith("optim/")) continue;
    const part = OWN_PARTS.find((prefix) => name.startsWith(prefix)) ?? (isParallel ? PARALLEL : "");
    const short = WRAPPERS.reduce((rest, wrapper) => rest.replaceAll(wrapper, ""), name.slice(part.length));
    const other = bare.get(short);
    if (other !== undefined)
      throw badWeights(file, `Two tensors are called "${short}".`, { got: `"${other.from.join()}" and "${name}"` });
    bare.set(short, { ...source, from: [short] });
  }
  return bare;
}
