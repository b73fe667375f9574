/** Options of one node: unknown names, what the parent supplies, validation, slots. Reports every problem of the node. */
import { didYouMean, L3mError, suggest, throwAll } from "@l3m/errors";
import { optionNames, type OptionProblem, validateOptions } from "../contract/option-schema.ts";
import { PARENT_OPTIONS } from "../contract/kinds.ts";
import type { Registry } from "../registry/registry.ts";
import { resolveSlot } from "./resolve-slot.ts";
import type { SlotRef } from "./slot-ref.ts";

/** Keys that every node of these kinds takes beside its own options. */
const KEY_OPTIONS = ["read_key", "write_key", "read", "write"] as const;
/** Which validation sets a metric scores; the evaluation reads it. */
const METRIC_OPTION = "dataset_name";
const KINDS_WITH_KEYS = new Set(["block", "loss", "metric", "mask-generator"]);

/** The keys of a node, as written. */
export interface NodeKeys {
  readonly read_key?: unknown;
  readonly write_key?: unknown;
  readonly read?: unknown;
  readonly write?: unknown;
}

export interface BuiltOptions {
  readonly keys: NodeKeys;
  /** Validated options and resolved slots, as `build` takes them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * @param parent options supplied by the owner of the slot; those that the kind lists win silently, others must not be in the YAML.
 * @param lenient leave out complaints about missing options that the kind's parents supply (a check that has no parent).
 * @throws L3M_UNKNOWN_OPTION, L3M_BAD_OPTION, L3M_OPTION_CLASH; several at once.
 */
export function buildOptions(
  registry: Registry,
  ref: SlotRef,
  parent: Readonly<Record<string, unknown>> = {},
  lenient = false,
): BuiltOptions {
  const { definition, where } = ref;
  const errors: L3mError[] = [];
  const hasKeys = KINDS_WITH_KEYS.has(definition.kind);
  const keys: Record<string, unknown> = {};
  const plain: Record<string, unknown> = {};
  const slots: Record<string, unknown> = {};
  const unknown: string[] = [];
  const own = optionNames(definition.options);
  const ignored = new Set(definition.ignores ?? []);
  const isKey = (name: string): boolean =>
    hasKeys &&
    own?.includes(name) !== true &&
    (KEY_OPTIONS.some((key) => key === name) || (name === METRIC_OPTION && definition.kind === "metric"));
  for (const [name, value] of Object.entries(withParentOptions(ref, parent, own, errors))) {
    if (isKey(name)) keys[name] = value;
    else if (name in definition.slots) slots[name] = value;
    else if (own === undefined || own.includes(name)) plain[name] = value;
    else if (!ignored.has(name)) unknown.push(name);
  }
  const known = [...(own ?? []), ...Object.keys(definition.slots), ...(hasKeys ? KEY_OPTIONS : [])];
  errors.push(...unknown.map((name) => unknownOption(ref, name, known)));
  const { options, problems } = validateOptions(definition.options, plain);
  const forgiven = new Set(
    lenient ? (PARENT_OPTIONS[definition.kind] ?? []).map((name) => definition.rename?.[name] ?? name) : [],
  );
  const misspelt = new Set(unknown.map((name) => suggest(name, own ?? [])));
  for (const problem of problems) {
    const missing = valueAt(plain, problem.option) === undefined;
    if (missing && (forgiven.has(problem.option) || misspelt.has(problem.option))) continue;
    errors.push(badOption(ref, problem, plain));
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(definition.slots)) {
    try {
      const supplied = lenient && (PARENT_OPTIONS[definition.kind] ?? []).includes(name);
      if (supplied && (!(name in slots) || isPartial(ref.node))) continue;
      resolved[name] = resolveSlot(registry, spec, slots[name], `${where}.${name}`);
    } catch (error) {
      if (!(error instanceof L3mError)) throw error;
      errors.push(error);
    }
  }
  throwAll(errors);
  return { keys, options: { ...(options as Record<string, unknown> | undefined), ...resolved } };
}

/** In ml-l3m what calls a partial gives it these options, so whatever its YAML says of them is never looked at. */
function isPartial(node: unknown): boolean {
  return typeof node === "object" && node !== null && "_partial_" in node && node._partial_ === true;
}

function withParentOptions(
  ref: SlotRef,
  parent: Readonly<Record<string, unknown>>,
  own: readonly string[] | undefined,
  errors: L3mError[],
): Record<string, unknown> {
  const { definition } = ref;
  const merged: Record<string, unknown> = { ...ref.options };
  const listed = PARENT_OPTIONS[definition.kind] ?? [];
  for (const [name, value] of Object.entries(parent)) {
    if (value === undefined) continue;
    const ownName = definition.rename?.[name] ?? name;
    const known = own === undefined || own.includes(ownName) || ownName in definition.slots;
    if (!known && listed.includes(name)) continue;
    if (!listed.includes(name) && ownName in ref.options) {
      errors.push(
        new L3mError("L3M_OPTION_CLASH", {
          message: `"${ownName}" of "${ref.name}" is given here and by its parent.`,
          where: { path: `${ref.where}.${ownName}` },
          got: JSON.stringify(ref.options[ownName]),
          fix: "Remove it here.",
        }),
      );
    }
    merged[ownName] = value;
  }
  return merged;
}

/** A missing or wrong value, in the words of the schema library. */
function badOption(
  ref: SlotRef,
  { option, message }: OptionProblem,
  options: Readonly<Record<string, unknown>>,
): L3mError {
  const value = valueAt(options, option);
  const missing = value === undefined;
  return new L3mError("L3M_BAD_OPTION", {
    message: missing
      ? `"${ref.name}" needs the option "${option}".`
      : `Option "${option}" of "${ref.name}" has a value that it does not take.`,
    where: { path: option === "" ? ref.where : `${ref.where}.${option}` },
    expected: expectation(message),
    got: missing ? "nothing" : typeof value === "number" ? String(value) : JSON.stringify(value),
    fix: missing ? `Add "${option}".` : "Correct the value.",
  });
}

/** What a message of zod expects, where it says so: "Too small: expected number to be >0" expects "number >0". */
function expectation(message: string): string {
  const [, type] = /^Invalid input: expected (.+), received .+$/.exec(message) ?? [];
  const [, sort, bound] = /^Too (?:small|big): expected (\w+) to (?:be|have) (.+)$/.exec(message) ?? [];
  return type ?? (sort === undefined ? message : `${sort} ${bound ?? ""}`);
}

/** The value at a dotted path. */
function valueAt(options: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      options,
    );
}

function unknownOption(ref: SlotRef, name: string, known: readonly string[]): L3mError {
  return new L3mError("L3M_UNKNOWN_OPTION", {
    message: `"${ref.name}" has no option "${name}".${didYouMean(name, known)}`,
    where: { path: `${ref.where}.${name}` },
    expected: `one of ${[...known].sort().join(", ")}`,
    got: name,
    fix: "Correct the name or remove the line.",
  });
}
