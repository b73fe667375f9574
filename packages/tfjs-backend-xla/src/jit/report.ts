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
  /** What the user should know of how kernels were lowered, for example why attention does not call cuDNN. */
  readonly notes: readonly string[];

  constructor(fields: Omit<JitReport, "memoryStats">) {
    this.name = fields.name;
    this.traceMs = fields.traceMs;
    this.compileMs = fields.compileMs;
    this.fromCache = fields.fromCache;
    this.moduleText = fields.moduleText;
    this.executable = fields.executable;
    this.notes = fields.notes;
  }

  /** Bytes that the executable needs on a device. */
  memoryStats(): CompiledMemoryStats {
    return this.executable.memoryStats();
  }
}
