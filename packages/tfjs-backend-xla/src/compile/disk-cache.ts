/**
 * Serialized executables on disk. The key covers everything that the machine code depends on; a file that is damaged or
 * that XLA refuses is ignored and written again.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { type CompileOptions, type PjrtClient, type PjrtExecutable } from "@l3m/pjrt";
import { writeCacheFile } from "./atomic-write.ts";
import { pluginHash } from "./plugin-hash.ts";

/** Changes with the layout of the files. */
const FORMAT = "l3m-xla-executable-1";
const DIGEST_BYTES = 32;

export class DiskCache {
  readonly #folder: string;
  readonly #client: PjrtClient;
  readonly #platform: string;

  /** `clientOptions` are those that the client was made with; they may change the generated code. */
  constructor(folder: string, client: PjrtClient, clientOptions: object) {
    this.#folder = folder;
    this.#client = client;
    const processor = client.platformName === "cpu" ? (cpus()[0]?.model ?? "") : "";
    const kinds = client.devices.map((device) => device.kind);
    this.#platform = stable([
      FORMAT,
      pluginHash(client.api.path, folder),
      client.platformName,
      client.platformVersion,
      kinds,
      processor,
      clientOptions,
      ...surroundings(client),
    ]);
  }

  /** The executable stored for this module, or undefined. */
  load(text: string, options: CompileOptions): PjrtExecutable | undefined {
    const path = this.#path(text, options);
    let file: Buffer;
    try {
      file = readFileSync(path);
    } catch {
      return undefined;
    }
    const payload = file.subarray(DIGEST_BYTES);
    if (!digest(payload).equals(file.subarray(0, DIGEST_BYTES))) return undefined;
    try {
      return this.#client.deserialize(payload, options);
    } catch {
      return undefined;
    }
  }

  store(text: string, options: CompileOptions, executable: PjrtExecutable): void {
    const payload = executable.serialize();
    writeCacheFile(this.#path(text, options), Buffer.concat([digest(payload), payload]));
  }

  #path(text: string, options: CompileOptions): string {
    const key = createHash("sha256").update(this.#platform).update(stable(options)).update(text).digest("hex");
    return join(this.#folder, `${key}.xla`);
  }
}

/** What else the machine code depends on: flags of the whole process, and the NVIDIA libraries that kernels were chosen from. */
function surroundings({ api }: PjrtClient): unknown[] {
  const flags = process.env["XLA_FLAGS"] ?? "";
  return flags === "" && api.libraries.length === 0
    ? []
    : [flags, api.libraries.map(({ name, version }) => [name, version])];
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
}
