/**
 * The graph of what was recorded outside of traces and not computed yet. Reading a tensor computes the part that it needs;
 * whatever live tensors inside or behind that part need of it is kept, so nothing is computed twice and no history grows.
 */
import { inputsOf, type Operation, printModule, type Value } from "@l3m/stablehlo";
import { type Compiler } from "../compile/compiler.ts";
import { Content } from "./content.ts";
import { type Devices } from "./devices.ts";
import { SINGLE_DEVICE } from "./placement.ts";
import { type TensorStorage } from "./tensor-storage.ts";

/** Recorded tensors after which everything is computed, so that a program that never reads does not grow for ever. */
const MOST_PENDING = 20_000;

export class Recorder {
  readonly #devices: Devices;
  readonly #compiler: Compiler;
  /** Values whose contents are known. */
  readonly #known = new WeakMap<Value, Content>();
  /** Live tensors that were not computed yet. */
  readonly #pending = new Set<TensorStorage>();
  /** Contents that no tensor holds any more but that pending tensors may depend on. */
  readonly #orphans = new Set<Content>();
  #recorded = 0;
  #sweepAt = 64;

  constructor(devices: Devices, compiler: Compiler) {
    this.#devices = devices;
    this.#compiler = compiler;
  }

  /** The graph value of a tensor made outside of traces. */
  graphValue(storage: TensorStorage): Value {
    if (storage.pending !== undefined) return storage.pending;
    const content = storage.content as Content;
    this.#known.set(content.leaf, content);
    return content.leaf;
  }

  /** Makes a storage hold a recorded value. */
  record(storage: TensorStorage, value: Value): void {
    const content = this.#known.get(value);
    if (content !== undefined) {
      storage.content = content;
      content.owners++;
      return;
    }
    storage.pending = value;
    this.#pending.add(storage);
    if (++this.#recorded > MOST_PENDING) this.computeAll();
  }

  /** Called when the last tensor over a storage is gone. */
  forget(storage: TensorStorage): void {
    this.#pending.delete(storage);
    storage.pending = undefined;
    if (storage.content !== undefined) this.release(storage.content);
    storage.content = undefined;
  }

  /** Called when a storage stops holding `content`. */
  release(content: Content): void {
    if (--content.owners > 0) return;
    if (!content.bound || this.#pending.size === 0) return content.destroy();
    this.#orphans.add(content);
    if (this.#orphans.size > this.#sweepAt) this.sweep();
  }

  /** True if recorded tensors may depend on `content`. */
  mayNeed(content: Content): boolean {
    return content.bound && this.#pending.size > 0;
  }

  /** Computes everything that was recorded. */
  computeAll(): void {
    this.compute([...this.#pending]);
  }

  /** Computes the given tensors and what lies on the way to them. */
  compute(storages: readonly TensorStorage[]): void {
    const roots = storages.flatMap((storage) => (storage.pending === undefined ? [] : [storage.pending]));
    if (roots.length === 0) return;
    const { operations, leaves } = this.#needed(roots);
    const live = [...this.#pending].filter(
      ({ pending }) => pending !== undefined && operations.has(pending.op) && !leaves.has(pending),
    );
    const results = inOrder(new Set([...live.map(({ pending }) => pending as Value), ...this.#frontier(operations)]));
    const parameters = inOrder(leaves);
    const text = printModule({
      name: "eager",
      functions: [
        { name: "main", params: parameters.map((value) => ({ value })), results: results.map((value) => ({ value })) },
      ],
    });
    const { executable } = this.#compiler.compileSync(text);
    const contents = parameters.map((value) => this.#known.get(value) as Content);
    const args = contents
      .map((content) => content.arrayAt(SINGLE_DEVICE, this.#devices).buffers[0])
      .filter((buffer) => buffer !== undefined);
    const [outputs] = executable.execute([args]);
    const computed = new Map(
      results.map((value, i) => {
        const buffer = outputs?.[i];
        const content = new Content(
          value.type.shape,
          value.type.element,
          buffer === undefined ? {} : { array: { placement: SINGLE_DEVICE, buffers: [buffer] } },
        );
        content.bound = true;
        this.#known.set(value, content);
        return [value, content] as const;
      }),
    );
    for (const storage of live) {
      const content = computed.get(storage.pending as Value) as Content;
      storage.content = content;
      storage.pending = undefined;
      content.owners++;
      this.#pending.delete(storage);
    }
    for (const content of [...contents, ...computed.values()]) if (content.owners === 0) this.#orphans.add(content);
    this.#recorded = this.#pending.size;
    this.sweep();
  }

  /** Frees the contents that nothing can need any more. */
  sweep(): void {
    if (this.#orphans.size > 0) {
      const needed = new Set<Content>();
      if (this.#pending.size > 0) {
        const roots = [...this.#pending].map(({ pending }) => pending as Value);
        for (const leaf of this.#needed(roots).leaves) needed.add(this.#known.get(leaf) as Content);
      }
      for (const content of this.#orphans) {
        if (needed.has(content)) continue;
        content.destroy();
        this.#orphans.delete(content);
      }
    }
    this.#sweepAt = Math.max(64, 2 * this.#orphans.size);
  }

  /** Values of the given operations that the rest of the recorded graph starts from. */
  #frontier(operations: ReadonlySet<Operation>): readonly Value[] {
    const rest = [...this.#pending].flatMap(({ pending }) =>
      pending === undefined || operations.has(pending.op) ? [] : [pending],
    );
    const frontier: Value[] = [];
    for (const op of this.#needed(rest, operations).operations) {
      for (const input of inputsOf(op))
        if (operations.has(input.op) && input.op.operands.length > 0 && !this.#known.has(input)) frontier.push(input);
    }
    return frontier;
  }

  /** Operations to run for `roots`, and the known values that they start from; nothing behind `except`. */
  #needed(
    roots: readonly Value[],
    except?: ReadonlySet<Operation>,
  ): { readonly operations: ReadonlySet<Operation>; readonly leaves: ReadonlySet<Value> } {
    const operations = new Set<Operation>();
    const leaves = new Set<Value>();
    const waiting = [...roots];
    for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
      if (this.#known.has(value)) leaves.add(value);
      else if (!operations.has(value.op) && except?.has(value.op) !== true) {
        operations.add(value.op);
        for (const input of inputsOf(value.op)) waiting.push(input);
      }
    }
    return { operations, leaves };
  }
}

function inOrder(values: ReadonlySet<Value>): readonly Value[] {
  return [...values].sort((a, b) => a.op.id - b.op.id || a.index - b.index);
}
