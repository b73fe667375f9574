/** Moving tensors from the host to where a training step keeps them. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { Engine, Jitted } from "../engines/engine.ts";

/** Parameters, and optimizer state with them, may be split over a mesh; buffers are everywhere the same. */
export type Kind = "param" | "buffer";

/** Uses up a tensor over host values and gives it back on the engine. */
export type Place = (tensor: Tensor, kind: Kind) => Promise<Tensor>;

/**
 * A compiling engine keeps host values on the host until a program asks for them, so that a restored state would lie there
 * in whole. The program that does nothing with its donated argument leaves it on the devices only.
 */
export function placeOn(engine: Engine, layout: Layout | undefined): Place {
  const programs = new Map<string, Jitted<[Tensor], Tensor>>();
  return async (tensor, kind) => {
    const dims = kind === "param" ? layout?.param({ shape: tensor.shape }) : undefined;
    const key = JSON.stringify(dims ?? null);
    const program =
      programs.get(key) ??
      engine.jit((value: Tensor) => value, {
        name: "restore",
        donate: [0],
        ...(dims === undefined ? {} : { inPlacements: [{ dims }], outPlacements: { dims } }),
      });
    programs.set(key, program);
    await program.prepare(tensor);
    return program(tensor);
  };
}
