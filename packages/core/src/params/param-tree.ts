/** The parameters and buffers of one model, in the order in which it declares them. */
import { invariant } from "@l3m/errors";
import type { Initializer } from "./initializers.ts";
import type { BufferSpec, ParamSpec } from "./param.ts";

export class ParamTree {
  readonly #params = new Map<string, ParamSpec>();
  readonly #buffers = new Map<string, BufferSpec>();

  addParam(spec: ParamSpec): void {
    this.#claim(spec.path);
    this.#params.set(spec.path, spec);
  }

  addBuffer(spec: BufferSpec): void {
    this.#claim(spec.path);
    this.#buffers.set(spec.path, spec);
  }

  get params(): readonly ParamSpec[] {
    return [...this.#params.values()];
  }

  get buffers(): readonly BufferSpec[] {
    return [...this.#buffers.values()];
  }

  /** Replaces initialisers of selected parameters under `prefix`; `select` gets the spec and its path relative to the prefix. */
  reinit(
    prefix: string,
    select: (spec: ParamSpec, path: string) => boolean,
    init: (spec: ParamSpec) => Initializer,
  ): void {
    const start = prefix === "" ? "" : `${prefix}.`;
    for (const spec of this.#params.values()) {
      if (!spec.path.startsWith(start) || !select(spec, spec.path.slice(start.length))) continue;
      this.#params.set(spec.path, { ...spec, init: init(spec) });
    }
  }

  /** Marks every parameter under `prefix` as not trainable. */
  freeze(prefix: string): void {
    const start = prefix === "" ? "" : `${prefix}.`;
    for (const spec of this.#params.values()) {
      if (spec.path.startsWith(start)) this.#params.set(spec.path, { ...spec, trainable: false });
    }
  }

  #claim(path: string): void {
    invariant(!this.#params.has(path) && !this.#buffers.has(path), `two parameters or buffers are called "${path}"`);
  }
}
