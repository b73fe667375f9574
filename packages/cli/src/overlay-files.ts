/** The files that a command lays over its config. */
import { fileURLToPath } from "node:url";

/** Those of `--overlay`, on top of what `--debug` stands for. */
export function overlayFiles(options: { readonly overlay?: readonly string[]; readonly debug?: true }): string[] {
  const debug = options.debug === true ? [fileURLToPath(new URL("../overlays/debug-tiny.yaml", import.meta.url))] : [];
  return [...debug, ...(options.overlay ?? [])];
}
