/** From module text to a loaded executable: memory, then disk, then XLA. */
import { type CompileOptions, type PjrtExecutable } from "@l3m/pjrt";
import { type ClientParts } from "../backend/no-client.ts";
import { type DiskCache } from "./disk-cache.ts";
import { type CompileFlags } from "./platform-flags.ts";

export interface Compiled {
  readonly executable: PjrtExecutable;
  /** Milliseconds spent compiling or loading; 0 when it was in memory. */
  readonly compileMs: number;
  readonly fromCache: boolean;
}

export class Compiler {
  readonly #client: Pick<ClientParts, "compile" | "compileSync">;
  readonly #flags: CompileFlags;
  readonly #disk: DiskCache | undefined;
  readonly #loaded = new Map<string, PjrtExecutable>();

  constructor(client: Pick<ClientParts, "compile" | "compileSync">, flags: CompileFlags, disk: DiskCache | undefined) {
    this.#client = client;
    this.#flags = flags;
    this.#disk = disk;
  }

  compileSync(text: string, options: CompileOptions = {}): Compiled {
    const start = performance.now();
    const complete = this.#options(options);
    return this.#cached(text, complete) ?? this.#keep(text, complete, start, this.#client.compileSync(text, complete));
  }

  /** Compiles on another thread; the event loop keeps turning. */
  async compile(text: string, options: CompileOptions = {}): Promise<Compiled> {
    const start = performance.now();
    const complete = this.#options(options);
    return (
      this.#cached(text, complete) ?? this.#keep(text, complete, start, await this.#client.compile(text, complete))
    );
  }

  #options(options: CompileOptions): CompileOptions {
    return { ...options, flags: { ...this.#flags, ...options.flags } };
  }

  #cached(text: string, options: CompileOptions): Compiled | undefined {
    const key = keyOf(text, options);
    const known = this.#loaded.get(key);
    if (known !== undefined) return { executable: known, compileMs: 0, fromCache: true };
    const start = performance.now();
    const executable = this.#disk?.load(text, options);
    if (executable === undefined) return undefined;
    this.#loaded.set(key, executable);
    return { executable, compileMs: performance.now() - start, fromCache: true };
  }

  #keep(text: string, options: CompileOptions, start: number, executable: PjrtExecutable): Compiled {
    const compileMs = performance.now() - start;
    this.#loaded.set(keyOf(text, options), executable);
    this.#disk?.store(text, options, executable);
    return { executable, compileMs, fromCache: false };
  }
}

function keyOf(text: string, options: CompileOptions): string {
  return `${JSON.stringify(options, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value))}\n${text}`;
}
