/** The manifest of a checkpoint, checked as far as it can be by itself. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { damaged } from "./damaged.ts";
import { FORMAT_VERSION, isShardFile, type Manifest, MANIFEST_FILE, shardFile, STATE_FILE } from "./format.ts";

/** @throws L3M_CHECKPOINT when it is missing, damaged or of a newer version */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, MANIFEST_FILE);
  if (!existsSync(file)) throw damaged(folder, `This is no checkpoint: ${MANIFEST_FILE} is missing.`);
  const manifest = readJson(file) as Manifest | null | undefined;
  const bad = (expected?: string, got = "none"): Error =>
    damaged(folder, `${MANIFEST_FILE} is damaged.`, expected === undefined ? {} : { expected, got });
  if (manifest?.format !== "l3m-checkpoint") throw bad();
  const { version, files = {}, tensors } = manifest;
  if (!Number.isInteger(version) || version < 1 || version > FORMAT_VERSION)
    throw damaged(folder, "The checkpoint has another format.", {
      expected: `version 1 to ${FORMAT_VERSION}`,
      got: `version ${version}`,
    });
  for (const name of [shardFile(0), STATE_FILE]) if (!Object.hasOwn(files, name)) throw bad(`an entry for ${name}`);
  const strange = Object.keys(files).find((name) => name !== STATE_FILE && !isShardFile(name));
  if (strange !== undefined) throw bad("entries for shards and state.json", strange);
  if (typeof tensors !== "object" || tensors === null) throw bad("a list of tensors");
  for (const [name, entry] of Object.entries(tensors)) {
    const shard = entry?.shards?.[0]?.file;
    if (shard === undefined || entry.shards.length !== 1) throw bad(`one file for ${name}`);
    if (!Object.hasOwn(files, shard)) throw bad(`an entry for ${shard}`);
  }
  return manifest;
}

/** The value in a JSON file, or undefined when it is damaged. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
