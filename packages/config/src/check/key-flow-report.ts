/** The way of the DataDict through a model, its loss and its metrics: who reads and writes which key, and what nothing wrote. */
import { walkKeyFlow, type KeyFlow } from "@l3m/core";

/** One block that declares its traffic, or an opaque one. */
export interface KeyFlowStep {
  /** Path in the model; `loss` and `metrics.0` for what follows it. */
  readonly path: string;
  /** Optional reads end in `?`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** True for a block that does not say what it reads and writes. */
  readonly opaque: boolean;
}

/** A read of a key that nothing wrote before. */
export interface UnwrittenRead {
  /** Path in the model, `loss`, or `metrics.0`. */
  readonly path: string;
  /** The port that reads it, for blocks. */
  readonly port: string | null;
  readonly key: string;
  /** Keys that exist at that point. */
  readonly available: readonly string[];
  /** An opaque block ran before and may have written it. */
  readonly afterOpaque: boolean;
}

export interface KeyFlowReport {
  /** Keys that the data brings; null = not known. */
  readonly dataKeys: readonly string[] | null;
  /** In execution order. */
  readonly steps: readonly KeyFlowStep[];
  /** Reads that neither the data nor an earlier block serves. Without `dataKeys` these are what the data must bring. */
  readonly unwritten: readonly UnwrittenRead[];
}

/** What reads keys after the model. */
export interface KeyReader {
  readonly path: string;
  readonly reads: readonly string[];
}

/** Walks the model, then its readers, from the keys that the data brings. */
export function keyFlowReport(
  flow: KeyFlow | undefined,
  readers: readonly KeyReader[],
  dataKeys: readonly string[] | null,
): KeyFlowReport {
  const { findings, keys } = walkKeyFlow("", flow, dataKeys ?? []);
  const steps = stepsOf("", flow);
  const afterOpaque = steps.some(({ opaque }) => opaque);
  const late = readers.flatMap(({ path, reads }) =>
    reads
      .filter((key) => !keys.has(key))
      .map((key): UnwrittenRead => ({ path, port: null, key, available: [...keys], afterOpaque })),
  );
  return {
    dataKeys,
    steps: [...steps, ...readers.map(({ path, reads }) => ({ path, reads, writes: [], opaque: false }))],
    unwritten: [...findings, ...late],
  };
}

function stepsOf(path: string, flow: KeyFlow | undefined): KeyFlowStep[] {
  if (flow === undefined) return [{ path, reads: [], writes: [], opaque: true }];
  const children = flow.children.flatMap((child) => stepsOf(child.path, child.flow));
  if (flow.reads.length === 0 && flow.writes.length === 0) return children;
  const reads = flow.reads.map(({ key, optional }) => (optional ? `${key}?` : key));
  return [{ path, reads, writes: flow.writes.map(({ key }) => key), opaque: false }, ...children];
}
