/** What tracing and compiling one signature of a function took and gave. */
import { type CompiledMemoryStats, type PjrtExecutable } from "@l3m/pjrt";

export class JitReport {
  readonly name: string;
  readonly traceMs: number;
  /** Compiling, or loading from the cache. */
  readonly compileMs: number;
  readonly fromCache: boolean;
  /** The StableHLO module. */
  readonly moduleText: string;
  readonly executable: PjrtExecutable;

  constructor(fields: Pick<JitReport, "name" | "traceMs" | "compileMs" | "fromCache" | "moduleText" | "executable">) {
    this.name = fields.name;
    this.traceMs = fields.traceMs;
    this.compileMs = fields.compileMs;
    this.fromCache = fields.fromCache;
    this.moduleText = fields.moduleText;
    this.executable = fields.executable;
  }

  /** Bytes that the executable needs on a device. */
  memoryStats(): CompiledMemoryStats {
    return this.executable.memoryStats();
  }
}
