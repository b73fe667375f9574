import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isL3mError } from "@l3m/errors";
import { loadPlugin } from "@l3m/pjrt";
import { afterAll, describe, expect, it } from "vitest";
import { cpuPlugin } from "./cpu-plugin.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-plugin-"));
afterAll(() => rmSync(folder, { recursive: true }));

function refusal(file: string): string {
  try {
    loadPlugin(file);
  } catch (error) {
    if (isL3mError(error)) return `${error.code} ${error.details.got}`;
    throw error;
  }
  return "loaded";
}

function write(name: string, data: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, data);
  return file;
}

/** A real shared library that is no PJRT plugin: the C library's mathematics, as this process has it loaded. */
function sharedLibrary(): string {
  const report: unknown = process.report.getReport();
  const text = JSON.stringify(report);
  return /"([^"]*\/libm[.-][^"]*so[^"]*)"/.exec(text)?.[1] ?? "";
}

describe("loadPlugin", () => {
  it("refuses what is no plugin before any of its code runs", async () => {
    expect(refusal(path.join(folder, "absent.so"))).toBe("L3M_PJRT_PLUGIN there is no such file");
    expect(refusal(folder)).toBe("L3M_PJRT_PLUGIN it is no file");
    expect(refusal(write("empty.so", ""))).toBe("L3M_PJRT_PLUGIN it is no ELF file");
    expect(refusal(write("text.so", "#!/bin/sh\n".repeat(50)))).toBe("L3M_PJRT_PLUGIN it is no ELF file");
    expect(refusal(process.execPath)).toMatch(/no shared library|does not export GetPjrtApi/);
    expect(refusal(sharedLibrary())).toBe("L3M_PJRT_PLUGIN it does not export GetPjrtApi");
    const other = Buffer.from(readFileSync(sharedLibrary()));
    other.writeUInt16LE(8, 18); // MIPS
    expect(refusal(write("mips.so", other))).toMatch(/another processor/);
  });

  it("refuses a truncated plugin", async () => {
    const copy = path.join(folder, "truncated.so");
    copyFileSync(await cpuPlugin(), copy);
    truncateSync(copy, 10_000_000);
    expect(refusal(copy)).toBe("L3M_PJRT_PLUGIN it is truncated");
  });

  it("returns the same plugin for the same file", async () => {
    const file = await cpuPlugin();
    expect(loadPlugin(file)).toBe(loadPlugin(path.relative(process.cwd(), file)));
  });
});
