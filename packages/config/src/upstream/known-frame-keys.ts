/** The keys that a config of ml-l3m may have at a path: its own and ours. */
import { knownExperimentKeys } from "../experiment/known-keys.ts";
import { FRAME_KEYS } from "./frame-keys.ts";

/** The keys of the section at `path`; undefined where nothing is known. */
export function knownFrameKeys(path: readonly string[]): readonly string[] | undefined {
  const prefix = path.map((key) => `${key}.`).join("");
  const theirs = FRAME_KEYS.flatMap(({ key }) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  const ours = knownExperimentKeys(path);
  if (ours === undefined && theirs.length === 0) return undefined;
  return [...new Set([...(ours ?? []), ...theirs.map((key) => key.split(".")[0] ?? key)])];
}
