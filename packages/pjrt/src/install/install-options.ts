/** What {@link installEngine} can be told. */
import type { OnProgress } from "./progress.ts";
import type { LockedEngine } from "./wheel-lock.ts";

export interface InstallOptions {
  /** Default: `L3M_CACHE_DIR`, `XDG_CACHE_HOME/l3m` or `~/.cache/l3m`. */
  readonly cacheDir?: string;
  /** A simple index; default: pip's setting, else the public index. */
  readonly indexUrl?: string;
  /** Wheel files on this machine that are used instead of a download (their hashes must match the lock). */
  readonly wheels?: readonly string[];
  /** Forbids the network. Default: `L3M_OFFLINE`. */
  readonly offline?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Pauses between attempts of a download in ms. */
  readonly retryPausesMs?: readonly number[];
  /** What to install instead of what the lock lists for this machine: the entries to try, best first. */
  readonly lock?: readonly LockedEngine[];
}
