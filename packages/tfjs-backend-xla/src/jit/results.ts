/** From the buffers that a program gave to tensors and to new values of variables. */
import { type PjrtBuffer } from "@l3m/pjrt";
import { engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { Content } from "../backend/content.ts";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { type ResultPlan } from "./program-plan.ts";

/** Tensors over `outputs` (`[device][result]`), one per result that no variable takes; the variables get theirs. */
export function takeResults(
  backend: XlaBackend,
  results: readonly ResultPlan[],
  outputs: readonly (readonly PjrtBuffer[])[],
): Tensor[] {
  const tensors: Tensor[] = [];
  results.forEach(({ shape, element, dtype, placement, variable }, i) => {
    const buffers = outputs.map((list) => list[i] as PjrtBuffer);
    const content = new Content(shape, element, { array: { placement, buffers } });
    if (variable === undefined)
      tensors.push(engine().makeTensorFromTensorInfo(backend.tensorOfContent(content, dtype)));
    else assign(backend, variable, content);
  });
  return tensors;
}

function assign(backend: XlaBackend, variable: Variable, content: Content): void {
  const storage = backend.storageOf(variable.dataId);
  if (
    storage.refCount === 1 &&
    storage.trace === undefined &&
    storage.content !== undefined &&
    storage.element === content.element
  ) {
    const old = storage.content;
    storage.content = content;
    content.owners++;
    backend.recorder.release(old);
    return;
  }
  const tensor = engine().makeTensorFromTensorInfo(backend.tensorOfContent(content, variable.dtype));
  variable.assign(tensor);
  tensor.dispose();
}
