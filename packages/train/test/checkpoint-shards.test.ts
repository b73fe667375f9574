/** Checkpoints of several files: what they hold, how much is on the host at once, and which damage is seen. */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { saveCheckpoint } from "../src/checkpoint/save-checkpoint.ts";
import { loadCheckpoint, type TensorData, type TensorSource } from "../src/index.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "l3m-shards-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** 40, 12, 3, 400 and 40 bytes: with shards of 100 bytes, three that fit together, one that is too large, one more. */
const VALUES: readonly (readonly [string, TensorData, readonly number[]])[] = [
  ["model/a", Float32Array.from({ length: 10 }, (_, i) => i - 0.5), [2, 5]],
  ["model/n", Int32Array.of(1, -2, 3), [3]],
  ["buffers/mask", Uint8Array.of(1, 0, 1), [3]],
  ["model/large", Float32Array.from({ length: 100 }, (_, i) => 1 / (i + 1)), [100]],
  ["model/z", Float32Array.from({ length: 10 }, (_, i) => -i), [10]],
];

function source(data: TensorData, shape: readonly number[], onRead: () => void = () => undefined): TensorSource {
  const dtype = data instanceof Float32Array ? "F32" : data instanceof Int32Array ? "I32" : "U8";
  const read = async (): Promise<TensorData> => {
    onRead();
    return data;
  };
  return { dtype, shape, read };
}

function save(tensors: ReadonlyMap<string, TensorSource>, shardBytes = 100): Promise<string> {
  const loop = { step: 7, seed: 1, data: null };
  return saveCheckpoint(folder, { tensors, loop, config: "", engine: "tfjs-cpu", mesh: null }, { keep: 2, shardBytes });
}

const saveValues = (): Promise<string> =>
  save(new Map(VALUES.map(([name, data, shape]) => [name, source(data, shape)])));

const shard = (checkpoint: string, k: number): string => path.join(checkpoint, `shard-${k}.safetensors`);

function editManifest(checkpoint: string, edit: (text: string) => string): void {
  const file = path.join(checkpoint, "manifest.json");
  const before = readFileSync(file, "utf8");
  const after = edit(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}

it("fills files up to the limit, and gives a larger tensor one to itself; each comes back bit for bit", async () => {
  const checkpoint = await saveValues();
  const { tensors, manifest } = await loadCheckpoint(checkpoint);
  expect(VALUES.map(([name]) => manifest.tensors[name]?.shards[0]?.file)).toEqual(
    [0, 0, 0, 1, 2].map((k) => `shard-${k}.safetensors`),
  );
  for (const [name, data, shape] of VALUES) {
    expect(await tensors.get(name)?.read()).toEqual(data);
    expect(tensors.get(name)?.shape).toEqual(shape);
  }
  for (const [file, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const content = readFileSync(path.join(checkpoint, file));
    expect([content.length, createHash("sha256").update(content).digest("hex")]).toEqual([bytes, sha256]);
  }
  expect(readdirSync(folder).sort()).toEqual(["latest", "step-00000007"]);
});

it("reads a tensor only when all before it are in their files", async () => {
  const half = 5 * 2 ** 20; // values of 20 MiB each, so each goes through the disk in two pieces
  const tensors = new Map<string, TensorSource>();
  const onDisk: number[] = [];
  const written = (): number => {
    const temporary = readdirSync(folder).find((name) => name.endsWith(".tmp")) as string;
    const files = readdirSync(path.join(folder, temporary));
    return files.reduce((sum, file) => sum + statSync(path.join(folder, temporary, file)).size, 0);
  };
  for (let k = 0; k < 4; k++)
    tensors.set(
      `model/${k}`,
      source(new Float32Array(half).fill(k), [half], () => onDisk.push(written())),
    );
  const checkpoint = await save(tensors, 9 * half);
  expect(onDisk).toHaveLength(4);
  for (const [k, bytes] of onDisk.entries()) expect(bytes).toBeGreaterThan(k * 4 * half);
  const loaded = await loadCheckpoint(checkpoint);
  expect((await loaded.tensors.get("model/3")?.read())?.every((value) => value === 3)).toBe(true);
});

it("reads checkpoints of version 1", async () => {
  const checkpoint = await save(new Map([["model/n", source(Int32Array.of(1, 2), [2])]]));
  editManifest(checkpoint, (text) => text.replace('"version": 2', '"version": 1'));
  expect(await (await loadCheckpoint(checkpoint)).tensors.get("model/n")?.read()).toEqual(Int32Array.of(1, 2));
});

/** A manifest as a test may damage it. */
interface LooseManifest {
  version: number;
  files: Record<string, unknown>;
  tensors: Record<string, unknown>;
}

const edited =
  (edit: (manifest: LooseManifest) => void) =>
  (checkpoint: string): void =>
    editManifest(checkpoint, (text) => {
      const manifest = JSON.parse(text) as LooseManifest;
      edit(manifest);
      return JSON.stringify(manifest);
    });

function flipLastBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  writeFileSync(file, bytes);
}

it.each<{ what: string; damage: (checkpoint: string) => void; says: RegExp }>([
  { what: "a missing shard", damage: (at) => unlinkSync(shard(at, 1)), says: /shard-1\.safetensors is missing/ },
  { what: "a cut shard", damage: (at) => truncateSync(shard(at, 2), 90), says: /shard-2\.safetensors is truncated/ },
  { what: "a longer shard", damage: (at) => truncateSync(shard(at, 2), 900), says: /shard-2\.safetensors is too long/ },
  { what: "a flipped bit", damage: (at) => flipLastBit(shard(at, 2)), says: /shard-2\.safetensors was changed/ },
  {
    what: "a shard of another checkpoint",
    damage: (at) => copyFileSync(shard(at, 0), shard(at, 3)),
    says: /shard-3\.safetensors does not belong/,
  },
  {
    what: "a shard that the manifest lost",
    damage: edited(({ files }) => delete files["shard-1.safetensors"]),
    says: /manifest\.json is damaged[^]*an entry for shard-1\.safetensors/,
  },
  {
    what: "a tensor that the manifest lost",
    damage: edited(({ tensors }) => delete tensors["model/z"]),
    says: /manifest\.json was changed[^]*model\/z: F32\[10\] in shard-2\.safetensors/,
  },
  {
    what: "a tensor that is in no shard",
    damage: edited(({ tensors }) => (tensors["model/y"] = tensors["model/z"])),
    says: /manifest\.json was changed[^]*model\/y: none/,
  },
  {
    what: "another shape in the manifest",
    damage: edited(({ tensors }) => (tensors["model/z"] = { ...(tensors["model/z"] as object), shape: [5, 2] })),
    says: /manifest\.json was changed/,
  },
  {
    what: "a file outside of the folder",
    damage: edited(({ files }) => (files["../latest"] = files["state.json"])),
    says: /manifest\.json is damaged[^]*\.\.\/latest/,
  },
  {
    what: "a newer version",
    damage: edited((manifest) => (manifest.version = 3)),
    says: /another format[^]*version 1 to 2/,
  },
])("refuses $what", async ({ damage, says }) => {
  const checkpoint = await saveValues();
  damage(checkpoint);
  const error: unknown = await loadCheckpoint(checkpoint).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "L3M_CHECKPOINT" });
  expect((error as Error).message).toMatch(says);
});
