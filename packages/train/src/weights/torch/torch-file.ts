/**
 * Files of `torch.save` since PyTorch 1.6: a zip archive of `<name>/data.pkl`, the object with references to storages, and
 * `<name>/data/<key>`, the storages. Read without executing anything (see `unpickle`); tensors stay in the file.
 */
import { crc32 } from "node:zlib";
import { piecesOf } from "../../checkpoint/pieces.ts";
import { badWeights } from "../bad-weights.ts";
import type { BytesAt } from "../bytes-at.ts";
import { ELEMENT_TYPES } from "../element-type.ts";
import type { PickleValue, TensorRecord } from "../pickle/pickle-value.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { WeightSource } from "../weight-source.ts";
import { contentsStart, readZipDirectory, type ZipEntry } from "../zip/zip-directory.ts";
import { gather, viewProblem, viewSpan } from "./strided-view.ts";
import { STORAGES, torchVocabulary } from "./torch-vocabulary.ts";

/** The object of a file for a model of a billion parameters takes less than 1 MiB. */
const MAX_PICKLE_BYTES = 32 * 2 ** 20;

export interface TorchFile {
  /** The object that was saved; its tensors are records. */
  readonly value: PickleValue;
  /** A tensor of it, checked against its storage. @throws L3M_WEIGHTS when the storage is missing, or the tensor is not inside */
  tensor(name: string, record: TensorRecord): Promise<WeightSource>;
}

/** @throws L3M_WEIGHTS for files that are damaged, or hold what this reader does not take */
export async function openTorchFile(bytes: BytesAt): Promise<TorchFile> {
  const archive = new Archive(bytes, await readZipDirectory(bytes));
  const pickle = archive.only("data.pkl");
  const folder = pickle.name.slice(0, -"data.pkl".length);
  await requireLittleEndian(archive, `${folder}byteorder`);
  if (pickle.size > MAX_PICKLE_BYTES)
    throw badWeights(bytes.name, `"${pickle.name}" is no list of tensors.`, {
      expected: `at most ${MAX_PICKLE_BYTES} bytes`,
      got: `${pickle.size} bytes`,
    });
  const value = unpickle(await archive.contents(pickle), bytes.name, torchVocabulary);
  return {
    value,
    async tensor(name, record) {
      const { storage, size: shape } = record;
      const bad = (got: string, expected = "a tensor inside of its storage"): Error =>
        badWeights(bytes.name, `"${name}" is no whole tensor.`, { expected, got });
      const stored = Object.hasOwn(STORAGES, storage.type) ? STORAGES[storage.type] : undefined;
      if (stored === undefined) throw bad(storage.type, `one of ${Object.keys(STORAGES).join(", ")}`);
      const { bytes: width, host, decode } = ELEMENT_TYPES[stored];
      const entry = archive.entry(`${folder}data/${storage.key}`);
      if (entry?.size !== storage.length * width)
        throw bad(
          entry === undefined ? "no such storage" : `${entry.size} bytes`,
          `a storage of ${storage.length * width} bytes`,
        );
      const problem = viewProblem(record, storage.length);
      if (problem !== undefined) throw bad(problem);
      const start = await contentsStart(bytes, entry);
      const span = viewSpan(record);
      return {
        dtype: host,
        stored,
        shape,
        from: [name],
        async read() {
          const part = await archive.part(entry, start, span.start * width, span.count * width);
          return gather(decode(part), record);
        },
      };
    },
  };
}

/** The files of an archive, each compared with its checksum when it is first read. */
class Archive {
  readonly #bytes: BytesAt;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #verified = new Set<string>();

  constructor(bytes: BytesAt, entries: ReadonlyMap<string, ZipEntry>) {
    this.#bytes = bytes;
    this.#entries = entries;
  }

  entry(name: string): ZipEntry | undefined {
    return this.#entries.get(name);
  }

  /** The one file of that name, in the folder that has the name of the archive. */
  only(name: string): ZipEntry {
    const found = [...this.#entries.values()].filter((entry) => entry.name.split("/").slice(1).join("/") === name);
    const [entry] = found;
    if (entry !== undefined && found.length === 1) return entry;
    throw badWeights(this.#bytes.name, "The archive was not written by torch.save.", {
      expected: `one file <name>/${name}`,
      got: `${found.length} of them among ${this.#entries.size} files`,
    });
  }

  async contents(entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
    return this.part(entry, await contentsStart(this.#bytes, entry), 0, entry.size);
  }

  /** `length` bytes of a file from `position` on, where its contents begin at `start`. */
  async part(entry: ZipEntry, start: number, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const part = await this.#bytes.read(start + position, length);
    if (!this.#verified.has(entry.name)) {
      const sum = length === entry.size ? sumOf([part]) : await this.#sumOf(start, entry.size);
      if (sum !== entry.crc32)
        throw badWeights(this.#bytes.name, `"${entry.name}" in the archive was changed.`, {
          expected: `CRC-32 ${entry.crc32.toString(16)}`,
          got: sum.toString(16),
        });
      this.#verified.add(entry.name);
    }
    return part;
  }

  async #sumOf(start: number, size: number): Promise<number> {
    const step = 2 ** 24;
    let sum = 0;
    for (let at = 0; at < size; at += step)
      sum = crc32(await this.#bytes.read(start + at, Math.min(step, size - at)), sum);
    return sum;
  }
}

function sumOf(parts: readonly Uint8Array<ArrayBuffer>[]): number {
  let sum = 0;
  for (const part of parts) for (const piece of piecesOf(part)) sum = crc32(piece, sum);
  return sum;
}

async function requireLittleEndian(archive: Archive, name: string): Promise<void> {
  const entry = archive.entry(name);
  if (entry === undefined || entry.size > 16) return; // PyTorch before 2.1, little-endian as all that ran it
  const order = new TextDecoder().decode(await archive.contents(entry));
  if (order !== "little")
    throw badWeights(name, "The file was written on a big-endian machine.", { expected: "little", got: order });
}
