/** From declared ports to DataDict keys, and the traffic of one call: reading, shape checks, writing. */
import { cast, type Tensor } from "@tensorflow/tfjs-core";
import { didYouMean, formatShape, L3mError, throwAll } from "@l3m/errors";
import type { KeySource, Ports, PortSpec } from "../contract/ports.ts";
import type { NodeKeys } from "../build/build-options.ts";
import { isTensor, type DataDict, type DataValue } from "./data-dict.ts";
import { describePattern, matchShape, type Letters } from "./match-shape.ts";

/** A port with its key. */
export interface BoundPort {
  readonly name: string;
  readonly key: string;
  readonly spec: PortSpec;
}

export class BoundPorts {
  readonly reads: readonly BoundPort[];
  readonly writes: readonly BoundPort[];
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /** @throws L3M_BAD_OPTION for every port whose key nobody gave, L3M_UNKNOWN_OPTION for `read`/`write` entries that are no ports. */
  constructor(ports: Ports, keys: NodeKeys, options: Readonly<Record<string, unknown>>, where: string) {
    this.#options = options;
    this.#where = where;
    const bound = bindKeys(ports, keys, options, where);
    this.reads = bound.filter(({ spec }) => spec.direction === "read");
    this.writes = bound.filter(({ spec }) => spec.direction === "write");
  }

  /** Values of the read ports by port name; letters are filled in. */
  gather(dict: DataDict, letters: Letters): Record<string, DataValue | undefined> {
    const values: Record<string, DataValue | undefined> = {};
    for (const port of this.reads) {
      const value = port.spec.dtype === "bool" ? asBooleans(dict.get(port.key)) : dict.get(port.key);
      if (value === undefined) {
        if (!port.spec.optional || this.#isNeeded(port, dict)) throw this.#missing(port, dict);
        continue;
      }
      this.#check(port, value, letters);
      values[port.name] = value;
    }
    return values;
  }

  /** Puts outputs under their keys. */
  scatter(dict: DataDict, outputs: Readonly<Record<string, unknown>>, letters: Letters): void {
    for (const port of this.writes) {
      const value = outputs[port.name];
      if (value === undefined && port.spec.optional) continue;
      this.#check(port, value, letters);
      dict.set(port.key, value as DataValue);
    }
  }

  /** True for a port that only another port's value makes optional, when that one has none. */
  #isNeeded({ spec: { unless } }: BoundPort, dict: DataDict): boolean {
    if (unless === undefined) return false;
    const other = this.reads.find(({ name }) => name === unless);
    return other === undefined || !dict.has(other.key);
  }

  #check(port: BoundPort, value: unknown, letters: Letters): void {
    const { sort, shape, dtype } = port.spec;
    if (sort === "value") return;
    const pattern = shape === undefined ? "" : ` ${describePattern(shape, letters, this.#options)}`;
    const tensors = sort === "list" ? value : [value];
    if (!Array.isArray(tensors) || !tensors.every(isTensor)) {
      throw this.#bad(port, sort === "list" ? "a list of tensors" : `a tensor${pattern}`, describe(value));
    }
    for (const tensor of tensors as Tensor[]) {
      if (dtype !== undefined && tensor.dtype !== dtype) {
        throw this.#bad(port, `${dtype}${pattern}`, formatShape(tensor.shape, tensor.dtype));
      }
      if (shape === undefined) continue;
      const problem = matchShape(shape, tensor.shape, letters, this.#options);
      if (problem !== undefined) throw this.#bad(port, problem, formatShape(tensor.shape, tensor.dtype));
    }
  }

  #bad(port: BoundPort, expected: string, got: string): L3mError {
    return new L3mError("L3M_BAD_SHAPE", {
      message: `Port ${port.name} (key "${port.key}") of the block does not fit.`,
      where: { path: this.#where },
      expected,
      got,
      fix:
        port.spec.direction === "read"
          ? `Check what writes "${port.key}", and the sizes in this block's options.`
          : "Check the sizes in this block's options.",
    });
  }

  #missing(port: BoundPort, dict: DataDict): L3mError {
    return new L3mError("L3M_MISSING_KEY", {
      message: `The block reads "${port.key}", which nothing wrote.${didYouMean(port.key, dict.keys())}`,
      where: { path: this.#where },
      expected: `"${port.key}" in the DataDict`,
      got: [...dict.keys()].join(", ") || "an empty DataDict",
      fix: "Set read_key to one of these keys, or put the block that writes it before this one.",
    });
  }
}

/** Masks from the data are int32; other than 0 is true. */
function asBooleans(value: DataValue | undefined): DataValue | undefined {
  return isTensor(value) && value.dtype === "int32" ? cast(value, "bool") : value;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  return isTensor(value) ? formatShape(value.shape, value.dtype) : Array.isArray(value) ? "a list" : typeof value;
}

function bindKeys(
  ports: Ports,
  keys: NodeKeys,
  options: Readonly<Record<string, unknown>>,
  where: string,
): BoundPort[] {
  const errors: L3mError[] = [];
  const known = new Map<string, string>();
  const main = { read: firstDefault(ports, "read"), write: firstDefault(ports, "write") };
  const resolve = (name: string, spec: PortSpec): string | undefined => {
    const given = asRecord(spec.direction === "read" ? keys.read : keys.write)[name];
    if (typeof given === "string") return given;
    const short = spec.direction === "read" ? keys.read_key : keys.write_key;
    if (name === main[spec.direction] && typeof short === "string") return short;
    return fromSource(spec.key, options, known);
  };
  const bound: BoundPort[] = [];
  for (const [name, spec] of inBindingOrder(ports)) {
    const key = resolve(name, spec);
    if (key !== undefined) {
      known.set(name, key);
      bound.push({ name, key, spec });
    } else if (!spec.optional || spec.unless !== undefined) {
      const option = name === main[spec.direction] ? `${spec.direction}_key` : `${spec.direction}.${name}`;
      errors.push(
        new L3mError("L3M_BAD_OPTION", {
          message: `The block needs ${option}.`,
          where: { path: `${where}.${option}` },
          expected: "a DataDict key",
          got: "nothing",
          fix: `Add ${spec.direction}_key: <key>.`,
        }),
      );
    }
  }
  for (const direction of ["read", "write"] as const) {
    for (const name of Object.keys(asRecord(keys[direction]))) {
      if (ports[name]?.direction === direction) continue;
      const names = Object.keys(ports).filter((port) => ports[port]?.direction === direction);
      errors.push(
        new L3mError("L3M_UNKNOWN_OPTION", {
          message: `The block has no ${direction} port "${name}".${didYouMean(name, names)}`,
          where: { path: `${where}.${direction}.${name}` },
          expected: names.join(", "),
          got: name,
          fix: "Correct the name or remove the line.",
        }),
      );
    }
  }
  throwAll(errors);
  return Object.keys(ports).flatMap((name) => bound.filter((port) => port.name === name));
}

/** Ports whose keys derive from another port's come last. */
function inBindingOrder(ports: Ports): [string, PortSpec][] {
  const entries = Object.entries(ports);
  return [
    ...entries.filter(([, spec]) => spec.key.from !== "port"),
    ...entries.filter(([, spec]) => spec.key.from === "port"),
  ];
}

function firstDefault(ports: Ports, direction: "read" | "write"): string | undefined {
  return Object.entries(ports).find(([, spec]) => spec.direction === direction && spec.key.from === "default")?.[0];
}

function fromSource(
  source: KeySource,
  options: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, string>,
): string | undefined {
  switch (source.from) {
    case "default":
      return source.key ?? undefined;
    case "option": {
      const value = options[source.option];
      return typeof value === "string" ? value : undefined;
    }
    case "port": {
      const base = known.get(source.port);
      return base === undefined ? undefined : base + source.suffix;
    }
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
