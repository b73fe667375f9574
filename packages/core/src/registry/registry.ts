/** The registry: what a run can name. Built from plugins, handed down, never global. */
import { didYouMean, L3mError, throwAll } from "@l3m/errors";
import type { Definition } from "../contract/definition.ts";
import type { Kind } from "../contract/kinds.ts";
import type { Plugin } from "../contract/plugin.ts";
import { createContainer, type Container } from "./container.ts";

/** A definition under its full name. */
export interface Registered {
  readonly name: string;
  readonly namespace: string;
  readonly definition: Definition;
}

/** Tells which package would provide a namespace that is not loaded, if that can be known. */
export type ProviderOf = (namespace: string) => string | undefined;

export class Registry {
  readonly #container: Container<Registered> = createContainer<Registered>();
  readonly #names: string[] = [];
  readonly #aliases = new Map<string, string>();
  readonly #namespaces = new Set<string>();
  readonly #providerOf: ProviderOf;

  /** @throws L3M_DUPLICATE_NAME listing every name or alias that two plugins register. */
  constructor(plugins: readonly Plugin[], providerOf: ProviderOf = (namespace) => `@l3m/${namespace}`) {
    this.#providerOf = providerOf;
    const errors: L3mError[] = [];
    for (const plugin of plugins) {
      this.#namespaces.add(plugin.namespace);
      for (const definition of plugin.provides) errors.push(...this.#add(plugin.namespace, definition));
    }
    throwAll(errors);
  }

  /** Full names in registration order. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Everything of one kind. */
  ofKind(kind: Kind): readonly Registered[] {
    return this.#names.map((name) => this.#container.get(name)).filter(({ definition }) => definition.kind === kind);
  }

  has(name: string): boolean {
    return this.#names.includes(this.#aliases.get(name) ?? name);
  }

  /**
   * Looks a registered name or an upstream alias up.
   *
   * @throws L3M_MISSING_PLUGIN when its namespace is not loaded, otherwise L3M_UNKNOWN_NAME, with the closest names.
   */
  get(name: string, where = ""): Registered {
    const full = this.#aliases.get(name) ?? name;
    if (this.#container.has(full)) return this.#container.get(full);
    const [namespace, rest] = name.split("/");
    if (rest !== undefined && namespace !== undefined && !this.#namespaces.has(namespace)) {
      const provider = this.#providerOf(namespace) ?? `the package of "${namespace}"`;
      throw new L3mError("L3M_MISSING_PLUGIN", {
        message: `No loaded plugin has the namespace "${namespace}".${didYouMean(namespace, this.#namespaces)}`,
        where: { path: where },
        expected: `one of ${[...this.#namespaces].join(", ")}`,
        got: name,
        fix: `npm install ${provider}`,
      });
    }
    throw new L3mError("L3M_UNKNOWN_NAME", {
      message: `"${name}" is not registered.${didYouMean(name, [...this.#names, ...this.#aliases.keys()])}`,
      where: { path: where },
      expected: `a name of the loaded plugins (${[...this.#namespaces].join(", ")})`,
      got: name,
      fix: "Correct the name, or install and list the plugin that registers it.",
    });
  }

  #add(namespace: string, definition: Definition): L3mError[] {
    const name = `${namespace}/${definition.name}`;
    const taken = [name, ...(definition.aliases ?? [])].filter(
      (token) => this.#container.has(token) || this.#aliases.has(token),
    );
    if (taken.length > 0) {
      return taken.map(
        (token) =>
          new L3mError("L3M_DUPLICATE_NAME", {
            message: `"${token}" is registered twice.`,
            got: `${this.#aliases.get(token) ?? token} and ${name}`,
            fix: "Remove one of the two plugins, or rename the thing in one of them.",
          }),
      );
    }
    this.#container.set(name, () => ({ name, namespace, definition }));
    this.#names.push(name);
    for (const alias of definition.aliases ?? []) this.#aliases.set(alias, name);
    return [];
  }
}
