/**
 * The functions that `${name:arguments}` can call.
 *
 * `oc.env` gives an environment variable as text and `env` reads it as a value (`${env:STEPS,100}` is a number);
 * `oc.select` is a reference with a default, `oc.decode` reads a text as a value, `oc.create` copies a map or list, `oc.dict.keys` and
 * `oc.dict.values` list those of a map; the arithmetic ones are upstream's seven.
 */
import { L3mError } from "@l3m/errors";
import { describeNode, type ConfigNode, type ListNode, type MapNode } from "../tree/config-node.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { SourceText } from "../yaml/source-text.ts";
import { pythonText } from "./python-text.ts";
import { readResolverScalar, type ResolverScalar } from "./resolver-scalar.ts";

/** What a resolver may look at. */
interface ResolverContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The resolved node at an absolute or relative path; undefined when there is none. */
  select(path: string): ConfigNode | undefined;
}

/** Computes a value from arguments. Throws an `L3mError`; the caller adds the place. */
export type Resolver = (args: readonly ConfigNode[], context: ResolverContext) => ResolverScalar | ConfigNode;

/** Every resolver by name. */
export const RESOLVERS: ReadonlyMap<string, Resolver> = new Map<string, Resolver>([
  ["oc.env", (args, context) => environment("oc.env", args, context, (text) => ({ value: text }))],
  ["env", (args, context) => environment("env", args, context, readResolverScalar)],
  ["oc.select", select],
  ["oc.decode", decode],
  ["oc.create", create],
  ["oc.dict.keys", (args, context) => keysOf(mapOf("oc.dict.keys", args, context))],
  ["oc.dict.values", (args, context) => valuesOf(mapOf("oc.dict.values", args, context))],
  ["add", (args) => sum(numbers("add", args, 0))],
  ["subtract", (args) => fold(numbers("subtract", args, 1), (a, b) => a - b)],
  ["mul", (args) => fold(numbers("mul", args, 1), (a, b) => a * b)],
  ["mul_int", (args) => truncated(fold(numbers("mul_int", args, 1), (a, b) => a * b))],
  ["div_int", (args) => truncated(fold(divisors("div_int", args), (a, b) => a / b))],
  ["div_float", (args) => asFloat(fold(divisors("div_float", args), (a, b) => a / b))],
  [
    "sqrt_div",
    (args) =>
      asFloat(
        mapValue(
          fold(exactly(2, "sqrt_div", divisors("sqrt_div", args)), (a, b) => a / b),
          Math.sqrt,
        ),
      ),
  ],
]);

interface NumberValue {
  readonly value: number;
  readonly float?: boolean;
}

function environment(
  name: string,
  args: readonly ConfigNode[],
  { env }: ResolverContext,
  read: (text: string) => ResolverScalar,
): ResolverScalar | ConfigNode {
  const [variable, fallback, ...rest] = args;
  if (variable?.kind !== "scalar" || typeof variable.value !== "string" || rest.length > 0) {
    throw badCall(name, "a variable and at most one default", `${args.length} arguments`);
  }
  const text = env[variable.value];
  if (text !== undefined) return read(text);
  if (fallback === undefined) {
    throw new L3mError("L3M_CONFIG_INTERPOLATION", {
      message: `The environment variable ${variable.value} is not set.`,
      fix: `Set it, or give a default: \${${name}:${variable.value},default}.`,
    });
  }
  if (name === "oc.env" && fallback.kind === "scalar" && fallback.value !== null)
    return { value: pythonText(fallback) };
  return fallback;
}

function select(args: readonly ConfigNode[], context: ResolverContext): ResolverScalar | ConfigNode {
  const [path, fallback, ...rest] = args;
  if (path?.kind !== "scalar" || path.value === null || rest.length > 0) {
    throw badCall("oc.select", "a path and at most one default", `${args.length} arguments`);
  }
  return context.select(String(path.value)) ?? fallback ?? { value: null };
}

/** A text as the value that it spells: what `env` does, and lists and maps in YAML's short form. Null stays null. */
function decode(args: readonly ConfigNode[]): ResolverScalar | ConfigNode {
  const [text] = args;
  if (args.length !== 1 || text?.kind !== "scalar" || (text.value !== null && typeof text.value !== "string"))
    throw badCall("oc.decode", "one text, or null", text === undefined ? "nothing" : describeNode(text));
  if (text.value === null || !/^\s*[[{]/.test(text.value)) return readResolverScalar(text.value?.trim() ?? "null");
  const { node, errors } = readYaml(new SourceText("oc.decode", text.value));
  if (errors.length > 0) throw badCall("oc.decode", "a text that spells a value", JSON.stringify(text.value));
  return { ...node, place: text.place };
}

function create(args: readonly ConfigNode[]): ConfigNode {
  const [node] = args;
  if (args.length === 1 && (node?.kind === "map" || node?.kind === "list")) return node;
  throw badCall("oc.create", "one map or list", node === undefined ? "nothing" : describeNode(node));
}

/** The map that is the argument, or stands at the path that it gives. */
function mapOf(name: string, args: readonly ConfigNode[], context: ResolverContext): MapNode {
  const [given] = args;
  const isPath = given?.kind === "scalar" && typeof given.value === "string";
  const node = isPath ? context.select(String(given.value)) : given;
  if (args.length === 1 && node?.kind === "map") return node;
  throw badCall(name, "one map, or the path of one", node === undefined ? "nothing there" : describeNode(node));
}

function keysOf({ entries, place }: MapNode): ListNode {
  return {
    kind: "list",
    items: [...entries].map(([value, { key }]) => ({ kind: "scalar", value, place: key })),
    place,
  };
}

function valuesOf({ entries, place }: MapNode): ListNode {
  return { kind: "list", items: [...entries.values()].map(({ node }) => node), place };
}

function numbers(name: string, args: readonly ConfigNode[], atLeast: number): readonly NumberValue[] {
  if (args.length < atLeast) throw badCall(name, `at least ${atLeast} number`, `${args.length} arguments`);
  return args.map((arg) => {
    if (arg.kind !== "scalar" || typeof arg.value !== "number") {
      throw badCall(name, "numbers", arg.kind === "scalar" ? JSON.stringify(arg.value) : `a ${arg.kind}`);
    }
    return { value: arg.value, float: arg.float === true };
  });
}

function divisors(name: string, args: readonly ConfigNode[]): readonly NumberValue[] {
  const values = numbers(name, args, 1);
  if (values.slice(1).some(({ value }) => value === 0)) throw badCall(name, "divisors other than 0", "0");
  return values;
}

function exactly(count: number, name: string, values: readonly NumberValue[]): readonly NumberValue[] {
  if (values.length !== count) throw badCall(name, `${count} numbers`, `${values.length}`);
  return values;
}

function sum(values: readonly NumberValue[]): NumberValue {
  return fold([{ value: 0 }, ...values], (a, b) => a + b);
}

/** Left fold; the result is a float as soon as one operand is. */
function fold(values: readonly NumberValue[], combine: (a: number, b: number) => number): NumberValue {
  const value = values.map((operand) => operand.value).reduce(combine);
  return { value, float: values.some((operand) => operand.float === true) };
}

function truncated({ value }: NumberValue): NumberValue {
  return { value: Math.trunc(value) + 0, float: false };
}

function asFloat({ value }: NumberValue): NumberValue {
  return { value, float: true };
}

function mapValue({ value, float }: NumberValue, change: (value: number) => number): NumberValue {
  return { value: change(value), float: float === true };
}

function badCall(name: string, expected: string, got: string): L3mError {
  return new L3mError("L3M_CONFIG_INTERPOLATION", { message: `\${${name}:...} cannot be computed.`, expected, got });
}
