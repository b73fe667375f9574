/** The names of ml-l3m by area, in the order of PARITY.md. */
import type { ParitySection } from "../parity/parity-page.ts";
import { DATA_NAMES, OPTIM_NAMES } from "./data-names.ts";
import { LIBRARY_NAMES } from "./library-names.ts";
import { LOSS_NAMES, MODEL_NAMES } from "./model-names.ts";
import { RUN_NAMES } from "./run-names.ts";

export const PARITY_SECTIONS: readonly ParitySection[] = [
  { title: "Models", names: MODEL_NAMES },
  { title: "Losses and metrics", names: LOSS_NAMES },
  { title: "Data", names: DATA_NAMES },
  { title: "Optimisation", names: OPTIM_NAMES },
  { title: "Running", names: RUN_NAMES },
  { title: "Names of torch, torchvision, timm, fvcore, megablocks and numpy", names: LIBRARY_NAMES },
];
