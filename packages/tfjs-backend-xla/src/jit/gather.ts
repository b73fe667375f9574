/** From the tensors of a call to the device arrays that its program reads. */
import { L3mError } from "@l3m/errors";
import { type Tensor } from "@tensorflow/tfjs-core";
import { type Content } from "../backend/content.ts";
import { type DeviceArray } from "../backend/devices.ts";
import { type TensorStorage } from "../backend/tensor-storage.ts";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { type ArgumentSource, type ParameterPlan } from "./program-plan.ts";

export interface GatheredArguments {
  /** One per parameter, in order. */
  readonly arrays: readonly DeviceArray[];
  /** Contents that the call uses up, with the arrays that it takes of them. */
  readonly consumed: ReadonlyMap<Content, DeviceArray>;
  /** Copies made for this call, because something else still needs the original; they belong to the caller. */
  readonly copies: readonly DeviceArray[];
}

let gatherings = 0;

/**
 * Arrays of `parameters` for the tensors `leaves` of the arguments. Computes what the arguments are still waiting for, and
 * what recorded tensors may need of contents that the call uses up.
 *
 * @param name of the function, for errors
 */
export function gather(
  backend: XlaBackend,
  name: string,
  parameters: readonly ParameterPlan[],
  leaves: readonly Tensor[],
): GatheredArguments {
  const gathering = gatherings++;
  const storages = parameters.map(({ source }) => storageOf(backend, name, source, leaves));
  const waiting = storages.filter(({ pending }) => pending !== undefined);
  if (waiting.length > 0) backend.recorder.compute(waiting);
  const consumed = new Map<Content, DeviceArray>();
  const copies: DeviceArray[] = [];
  const arrays = parameters.map(({ placement, donated }, i) => {
    const storage = storages[i] as TensorStorage;
    const content = storage.content as Content;
    const again = content.lastCall === gathering;
    content.lastCall = gathering;
    if (donated ? storage.refCount > 1 || content.owners > 1 || again : again && consumed.has(content)) {
      const copy = content.uploadCopy(placement, backend.devices);
      copies.push(copy);
      return copy;
    }
    const array = content.arrayAt(placement, backend.devices);
    if (donated) consumed.set(content, array);
    return array;
  });
  for (const content of consumed.keys()) if (backend.recorder.mayNeed(content)) backend.recorder.computeAll();
  return { arrays, consumed, copies };
}

function storageOf(
  backend: XlaBackend,
  name: string,
  source: ArgumentSource,
  leaves: readonly Tensor[],
): TensorStorage {
  if (source.kind === "input") return backend.storageOf((leaves[source.index] as Tensor).dataId);
  const disposed =
    source.kind === "variable"
      ? source.variable.isDisposed
      : source.storage.content === undefined && source.storage.pending === undefined;
  if (disposed) {
    throw new L3mError("L3M_TRACE", {
      message: `"${name}" uses a tensor from outside that was disposed since it was traced`,
      fix: "Keep the tensor, or pass it as an argument.",
    });
  }
  return source.kind === "variable" ? backend.storageOf(source.variable.dataId) : source.storage;
}
