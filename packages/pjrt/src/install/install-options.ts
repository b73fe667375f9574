/** What {@link installEngine} can be told. */
import type { OnProgress } from "./progress.ts";
import type { LockedEngine } from "./wheel-lock.ts";

/** What an installation is about to do. */
export interface InstallPlan {
  readonly project: string;
  readonly version: string;
  readonly wheels: number;
  /** Of all wheels. */
  readonly bytes: number;
  /** What an earlier attempt left in the cache. */
  readonly bytesThere: number;
}

export interface InstallOptions {
  /** Default: `L3M_CACHE_DIR`, `XDG_CACHE_HOME/l3m` or `~/.cache/l3m`. */
  readonly cacheDir?: string;
  /** A simple index; default: pip's setting, else the public index. */
  readonly indexUrl?: string;
  /** Wheel files on this machine that are used instead of a download (their hashes must match the lock). */
  readonly wheels?: readonly string[];
  /** Forbids the network. Default: `L3M_OFFLINE`. */
  readonly offline?: boolean;
  /** Called before the first byte is fetched; not when the engine is installed already. */
  readonly onPlan?: (plan: InstallPlan) => void;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Pauses between attempts of a download in ms. */
  readonly retryPausesMs?: readonly number[];
  /** What to install instead of what the lock lists for this machine: the entries to try, best first. */
  readonly lock?: readonly LockedEngine[];
}
