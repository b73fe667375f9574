/** Where L3M keeps what it downloads. */
import { homedir } from "node:os";
import path from "node:path";

/** `L3M_CACHE_DIR`, else `l3m` in `XDG_CACHE_HOME`, else `~/.cache/l3m`. Not created here. */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["L3M_CACHE_DIR"];
  if (own !== undefined && own !== "") return path.resolve(own);
  const shared = env["XDG_CACHE_HOME"];
  return path.join(
    shared !== undefined && shared !== "" ? path.resolve(shared) : path.join(homedir(), ".cache"),
    "l3m",
  );
}

/** True when `L3M_OFFLINE` forbids the network. */
export function isOffline(env: NodeJS.ProcessEnv = process.env): boolean {
  const value = env["L3M_OFFLINE"];
  return value !== undefined && !["", "0", "false", "no"].includes(value.toLowerCase());
}
