/**
 * The C library of this process, through koffi. Native code runs on stacks that koffi allocates (2 MiB, and only 128 KiB
 * for asynchronous calls); XLA compiles on the caller's stack and needs more, so the sizes are set before anything loads.
 */
import koffi from "koffi";
import { L3mError } from "@l3m/errors";

const STACK_BYTES = 16 * 2 ** 20;
koffi.config({ sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });

const libc = koffi.load(null);
const dlopen: (path: string, flags: number) => bigint | null = libc.func("void *dlopen(const char *path, int flags)");
const dlsym: (handle: bigint, name: string) => bigint | null = libc.func("void *dlsym(void *handle, const char *name)");
const dlerror: () => string | null = libc.func("const char *dlerror()");
const memcpy: (to: ArrayBufferView, from: bigint, bytes: number) => void = libc.func(
  "void memcpy(void *to, void *from, size_t bytes)",
);

const RTLD_NOW = 0x2;
const RTLD_NODELETE = 0x1000;

/** A native function that takes one pointer and returns a pointer, as a JS number when it is 0. Every PJRT function is one. */
export interface PointerFunction {
  (argument: bigint): number | bigint;
  async(argument: bigint, callback: (error: unknown, result: number | bigint) => void): void;
}
const POINTER_FUNCTION = koffi.proto("uint64_t L3mPointerFunction(uint64_t argument)");
const GETTER = koffi.proto("uint64_t L3mGetter()");
const DELETER = koffi.proto("void L3mDeleter(uint64_t argument)");

/** Loads a shared library for good: unloading one that owns threads crashes the process. @throws L3M_PJRT_PLUGIN with the loader's words */
export function openLibrary(file: string): bigint {
  const handle = dlopen(file, RTLD_NOW | RTLD_NODELETE);
  if (handle !== null) return BigInt(handle);
  throw new L3mError("L3M_PJRT_PLUGIN", {
    message: "the dynamic linker cannot load this PJRT plugin",
    where: { file },
    got: dlerror() ?? "no reason given",
    fix: "Install the libraries that are named, or another plugin: l3m engine list.",
  });
}

/** Address of an exported symbol, or undefined. */
export function findSymbol(library: bigint, name: string): bigint | undefined {
  return dlsym(library, name) ?? undefined;
}

/** A callable for a function pointer found in a table. */
export function pointerFunction(address: bigint): PointerFunction {
  return koffi.decode(address, POINTER_FUNCTION);
}

/** Calls a function that takes nothing and returns a pointer. */
export function callGetter(address: bigint): bigint {
  return BigInt(koffi.call(address, GETTER));
}

/** Calls a function that frees what its argument points to. */
export function callDeleter(address: bigint, argument: bigint): void {
  koffi.call(address, DELETER, argument);
}

/**
 * Where the bytes of a typed array or Buffer are. Asking moves small arrays out of the garbage-collected heap, after which
 * they stay where they are for as long as the object lives; the caller keeps a reference to it.
 */
export function addressOf(data: ArrayBufferView): bigint {
  return koffi.address(data);
}

/** A copy of native memory. */
export function readBytes(address: bigint, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(length);
  if (length > 0) memcpy(copy, address, length);
  return copy;
}

/** A copy of native memory as 64-bit words: pointers or int64. */
export function readWords(address: bigint, length: number): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(readBytes(address, length * 8).buffer);
}

/** A copy of native UTF-8 text of a known length in bytes. */
export function readText(address: bigint, length: number): string {
  return Buffer.from(readBytes(address, length).buffer).toString("utf8");
}
