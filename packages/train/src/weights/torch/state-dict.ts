/** Finding the weights in what `torch.save` saved: a state dict, or a checkpoint that holds one. */
import { badWeights } from "../bad-weights.ts";
import { describe, InertObject, type PickleDict, type PickleValue, TensorRecord } from "../pickle/pickle-value.ts";

/** Where checkpoints keep their model: ml-l3m and many others, PyTorch Lightning and many others. */
const MODEL_KEYS = ["model", "state_dict"];

export interface FoundTensors {
  readonly tensors: ReadonlyMap<string, TensorRecord>;
  /** Names of entries that are no tensors: numbers and texts, as some modules save. */
  readonly ignored: readonly string[];
}

/**
 * The tensors by their names. Dicts inside become dotted names.
 *
 * @throws L3M_WEIGHTS when there are none, an entry is an object of a class (a shard of a distributed tensor, say), or a dict
 *   holds another one twice
 */
export function stateDictOf(value: PickleValue, file: string): FoundTensors {
  if (!(value instanceof Map))
    throw badWeights(file, "The file holds no state dict.", { expected: "a dict", got: describe(value) });
  const key = MODEL_KEYS.find((name) => value.get(name) instanceof Map);
  const dict = key === undefined ? value : (value.get(key) as PickleDict);
  const tensors = new Map<string, TensorRecord>();
  const ignored: string[] = [];
  const seen = new Set<PickleDict>([dict]);
  const pending: { readonly prefix: string; readonly dict: PickleDict }[] = [{ prefix: "", dict }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [name, entry] of next.dict) {
      const full = `${next.prefix}${typeof name === "object" ? describe(name) : String(name)}`;
      if (entry instanceof TensorRecord) tensors.set(full, entry);
      else if (entry instanceof InertObject) throw notATensor(file, full, entry);
      else if (!(entry instanceof Map)) ignored.push(full);
      else {
        if (seen.has(entry) || full.length > MAX_NAME)
          throw badWeights(file, `"${full.slice(0, 80)}" is a dict inside of itself, or twice.`);
        seen.add(entry);
        pending.push({ prefix: `${full}.`, dict: entry });
      }
    }
  }
  if (tensors.size > 0) return { tensors, ignored };
  throw badWeights(file, "The file holds no tensors.", {
    expected: 'a state dict, or one under the key "model"',
    got: `a dict with ${[...value.keys()].slice(0, 8).map(describe).join(", ") || "nothing"}`,
  });
}

/** Longest prefix of a nested dict. */
const MAX_NAME = 1000;

function notATensor(file: string, name: string, { of }: InertObject): Error {
  const isShard = /DTensor|ShardedTensor/.test(of);
  return badWeights(file, `"${name}" is no plain tensor.`, {
    expected: "a tensor",
    got: `an object of ${of}`,
    fix: isShard
      ? "Gather the model before it is saved: {name: value.full_tensor() for name, value in model.state_dict().items()}."
      : "Save the model's state dict alone: torch.save(model.state_dict(), path).",
  });
}
