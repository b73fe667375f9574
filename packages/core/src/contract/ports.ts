/**
 * Ports: what a block reads from the DataDict and writes to it. Shapes are letters (`"B N D"`); a letter has one size across
 * all ports of a call, `D=embed_dim` binds it to an option, a number is itself, `...` is any number of dimensions.
 */
import type { Tensor } from "@tensorflow/tfjs-core";

/** Where the key of a port comes from. The YAML's `read: { port: key }` and `write: { port: key }` win over all of them. */
export type KeySource =
  /** This key, unless the YAML says otherwise; `null` must be said there. The first port of a direction answers to `read_key` / `write_key`. */
  | { readonly from: "default"; readonly key: string | null }
  /** The value of an option. */
  | { readonly from: "option"; readonly option: string }
  /** The key of another port with something appended. */
  | { readonly from: "port"; readonly port: string; readonly suffix: string };

export type PortDtype = "float32" | "int32" | "bool";

export interface PortOptions {
  /** A read port of type bool also takes int32, whose values other than 0 are true: data bring their masks as integers. */
  readonly dtype?: PortDtype;
  /** For `maybeRead`: may be absent only when this other read port has a value. */
  readonly unless?: string;
}

export interface PortSpec<
  Direction extends "read" | "write" = "read" | "write",
  Optional extends boolean = boolean,
  Sort extends PortSort = PortSort,
> {
  readonly direction: Direction;
  readonly optional: Optional;
  readonly sort: Sort;
  readonly key: KeySource;
  readonly shape: string | undefined;
  readonly dtype: PortDtype | undefined;
  readonly unless?: string | undefined;
}

/** A tensor, a list of tensors, or any other value. */
export type PortSort = "tensor" | "list" | "value";

type Key = string | null | KeySource;

/** The key named by an option, for example `fromOption("text_read_key")`. */
export function fromOption(option: string): KeySource {
  return { from: "option", option };
}

/** The key of port `port` followed by `suffix`, for example `fromPort("y", "_trunk")`. */
export function fromPort(port: string, suffix: string): KeySource {
  return { from: "port", port, suffix };
}

export function read(key: Key, shape?: string, options: PortOptions = {}): PortSpec<"read", false, "tensor"> {
  return port("read", false, "tensor", key, shape, options);
}
/** A read that gives `undefined` when the key is absent. */
export function maybeRead(key: Key, shape?: string, options: PortOptions = {}): PortSpec<"read", true, "tensor"> {
  return port("read", true, "tensor", key, shape, options);
}
export function write(key: Key, shape?: string, options: PortOptions = {}): PortSpec<"write", false, "tensor"> {
  return port("write", false, "tensor", key, shape, options);
}
/** A write that `forward` may leave out. */
export function maybeWrite(key: Key, shape?: string, options: PortOptions = {}): PortSpec<"write", true, "tensor"> {
  return port("write", true, "tensor", key, shape, options);
}
/** Lists of tensors, each of the given shape. */
export function readList(key: Key, shape?: string, options: PortOptions = {}): PortSpec<"read", false, "list"> {
  return port("read", false, "list", key, shape, options);
}
export function writeList(key: Key, shape?: string, options: PortOptions = {}): PortSpec<"write", false, "list"> {
  return port("write", false, "list", key, shape, options);
}
/** Values that are no tensors. */
export function readValue(key: Key): PortSpec<"read", false, "value"> {
  return port("read", false, "value", key, undefined, {});
}
export function maybeReadValue(key: Key): PortSpec<"read", true, "value"> {
  return port("read", true, "value", key, undefined, {});
}
export function writeValue(key: Key): PortSpec<"write", false, "value"> {
  return port("write", false, "value", key, undefined, {});
}

export type Ports = Readonly<Record<string, PortSpec>>;

type ValueOf<S extends PortSort> = S extends "tensor" ? Tensor : S extends "list" ? readonly Tensor[] : unknown;

/** What `forward` receives. */
export type PortInputs<P extends Ports> = {
  readonly [
    Name in keyof P as P[Name] extends PortSpec<"read", boolean, PortSort> ? Name : never
  ]: P[Name] extends PortSpec<"read", infer O, infer S>
    ? O extends true
      ? ValueOf<S> | undefined
      : ValueOf<S>
    : never;
};

/** What `forward` returns: every `write`, and any `maybeWrite`. */
export type PortOutputs<P extends Ports> = {
  readonly [
    Name in keyof P as P[Name] extends PortSpec<"write", false, PortSort> ? Name : never
  ]: P[Name] extends PortSpec<"write", boolean, infer S> ? ValueOf<S> : never;
} & {
  readonly [
    Name in keyof P as P[Name] extends PortSpec<"write", true, PortSort> ? Name : never
  ]?: P[Name] extends PortSpec<"write", boolean, infer S> ? ValueOf<S> | undefined : never;
};

function port<D extends "read" | "write", O extends boolean, S extends PortSort>(
  direction: D,
  optional: O,
  sort: S,
  key: Key,
  shape: string | undefined,
  options: PortOptions,
): PortSpec<D, O, S> {
  const source: KeySource = typeof key === "string" || key === null ? { from: "default", key } : key;
  return { direction, optional, sort, key: source, shape, dtype: options.dtype, unless: options.unless };
}
