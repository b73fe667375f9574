/** The error of a checkpoint that cannot be used. */
import { L3mError } from "@l3m/errors";

/** @param file the checkpoint's folder, or the file of it */
export function damaged(
  file: string,
  message: string,
  compared: { readonly expected?: string; readonly got?: string } = {},
): L3mError {
  return new L3mError("L3M_CHECKPOINT", {
    message,
    where: { file },
    ...compared,
    fix: "Resume from another checkpoint (--resume PATH), or start over with --resume never in a new run directory.",
  });
}
