/** Files of upstream's own distribution, for cases that need them and cannot hold them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GoldenCase } from "./golden-case.ts";

/** The environment variable that names upstream's folder. */
const UPSTREAM_FOLDER = "ML_L3M_DIR";

/** Path of a file of upstream, given its path inside upstream's folder. */
export function upstreamFile(name: string): string {
  return join(process.env[UPSTREAM_FOLDER] ?? "ml-l3m", name);
}

/** Why a case cannot be run here whose field `config` names a file of upstream; undefined = it can. */
export function missingConfig({ fields }: GoldenCase): string | undefined {
  if (existsSync(upstreamFile(fields["config"] as string))) return undefined;
  return `upstream's files are not at hand (${UPSTREAM_FOLDER} names their folder)`;
}
