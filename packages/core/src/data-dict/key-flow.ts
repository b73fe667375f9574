/** Which keys a block reads and writes, for the static check that finds a key read before anything wrote it. */

export interface KeyUse {
  readonly port: string;
  readonly key: string;
  readonly optional: boolean;
}

/** A block's declared traffic. Containers have children, which run in order; `undefined` in place of this means opaque. */
export interface KeyFlow {
  readonly reads: readonly KeyUse[];
  readonly writes: readonly KeyUse[];
  readonly children: readonly { readonly path: string; readonly flow: KeyFlow | undefined }[];
}

/** One finding of {@link walkKeyFlow}. */
export interface KeyFlowFinding {
  readonly path: string;
  readonly port: string;
  readonly key: string;
  /** Keys that exist at that point. */
  readonly available: readonly string[];
  /** An opaque block ran before, which may have written the key. */
  readonly afterOpaque: boolean;
}

/** Walks blocks in execution order from the keys that exist at the start; returns every read that nothing wrote. */
export function walkKeyFlow(
  path: string,
  flow: KeyFlow | undefined,
  start: Iterable<string>,
): { findings: KeyFlowFinding[]; keys: Set<string> } {
  const findings: KeyFlowFinding[] = [];
  const keys = new Set(start);
  let opaque = false;
  const visit = (at: string, node: KeyFlow | undefined): void => {
    if (node === undefined) {
      opaque = true;
      return;
    }
    for (const { port, key, optional } of node.reads) {
      if (!optional && !keys.has(key))
        findings.push({ path: at, port, key, available: [...keys], afterOpaque: opaque });
    }
    for (const child of node.children) visit(child.path, child.flow);
    for (const { key } of node.writes) keys.add(key);
  };
  visit(path, flow);
  return { findings, keys };
}
