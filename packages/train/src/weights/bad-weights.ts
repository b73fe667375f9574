/** The error of a file with weights that cannot be used. */
import { L3mError } from "@l3m/errors";

const FETCH_AGAIN = "Fetch or save the file again; if it opens in PyTorch, load it there and save it as safetensors.";

/** @param file the file, or the folder of files */
export function badWeights(
  file: string,
  message: string,
  details: { readonly expected?: string; readonly got?: string; readonly fix?: string; readonly cause?: unknown } = {},
): L3mError {
  return new L3mError("L3M_WEIGHTS", { message, where: { file }, fix: FETCH_AGAIN, ...details });
}
