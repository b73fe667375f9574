/** From a file name to a {@link PjrtApi}, with every check that can be made before code of the file runs. */
import { realpathSync, statSync } from "node:fs";
import { L3mError } from "@l3m/errors";
import { PjrtApi } from "./api.ts";
import { prepareCuda } from "./cuda/prepare-cuda.ts";
import { API_VERSION } from "./generated/pjrt-c-api.ts";
import { whyNotLoadable } from "./native/elf.ts";
import { NativeStruct } from "./native/struct.ts";
import { callGetter, findSymbol, openLibrary } from "./native/system.ts";

const ENTRY_POINT = "GetPjrtApi";

/** Plugins built with these versions of the API work; the layouts are those of the newest header. */
const OLDEST_MINOR = 81;

const loaded = new Map<string, PjrtApi>();

/**
 * Loads a PJRT plugin, for CUDA after NVIDIA's libraries that lie near it. It stays loaded until the process ends (unloading XLA crashes), so a second call returns the same object.
 *
 * @param path a shared library that exports GetPjrtApi
 * @throws L3M_PJRT_PLUGIN for a file that is missing, no ELF library of this processor, no plugin, or too old
 */
export function loadPlugin(path: string): PjrtApi {
  const file = existing(path);
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const reason = process.platform === "linux" ? whyNotLoadable(file, ENTRY_POINT) : undefined;
  if (reason !== undefined) throw noPlugin(path, reason);
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2"; // XLA's log on stderr: errors only
  const libraries = prepareCuda(file);
  const getter = findSymbol(openLibrary(file), ENTRY_POINT);
  if (getter === undefined) throw noPlugin(path, `it does not export ${ENTRY_POINT}`);
  const table = callGetter(getter);
  if (table === 0n) throw noPlugin(path, `${ENTRY_POINT} returned nothing`);
  const api = new PjrtApi(path, table, libraries);
  if (api.version.major !== API_VERSION.major || api.version.minor < OLDEST_MINOR) {
    throw noPlugin(
      path,
      `it speaks PJRT C API ${api.version.major}.${api.version.minor}; ${API_VERSION.major}.${OLDEST_MINOR} or newer is needed`,
    );
  }
  api.call("PJRT_Plugin_Initialize", new NativeStruct("PJRT_Plugin_Initialize_Args"));
  loaded.set(file, api);
  return api;
}

function existing(path: string): string {
  try {
    const file = realpathSync(path);
    if (statSync(file).isFile()) return file;
  } catch (cause) {
    throw noPlugin(path, "there is no such file", cause);
  }
  throw noPlugin(path, "it is no file");
}

function noPlugin(file: string, got: string, cause?: unknown): L3mError {
  return new L3mError("L3M_PJRT_PLUGIN", {
    message: "this is no usable PJRT plugin",
    where: { file },
    expected: `a shared library for ${process.platform}-${process.arch} that exports ${ENTRY_POINT}`,
    got,
    fix: "Set L3M_PJRT_PLUGIN to a PJRT plugin, or unset it and run: l3m engine install cpu.",
    cause,
  });
}
