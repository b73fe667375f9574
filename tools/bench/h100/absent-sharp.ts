/** Stands for `sharp` in the packed programs: they make their batches and decode no image. */
import { L3mError } from "@l3m/errors";

export default function sharp(): never {
  throw new L3mError("L3M_BAD_OPTION", {
    message: "The packed programs decode no images.",
    fix: "Train from an installation with npm where images are read.",
  });
}
sharp.concurrency = (): number => 1;
sharp.cache = (): boolean => false;
