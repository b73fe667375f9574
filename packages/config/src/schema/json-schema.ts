/**
 * JSON Schema (2020-12) of config files, for editors: the keys of the frame, every registered name, and the options of each thing
 * where it is named. It judges what a file writes and demands nothing, since a file may extend another; `l3m check` judges
 * the whole.
 */
import {
  type Definition,
  type Kind,
  kindKey,
  PARENT_OPTIONS,
  type Registered,
  type Registry,
  type SlotSpec,
} from "@l3m/core";
import { z } from "zod";
import { experimentSchema } from "../experiment/experiment-schema.ts";

/** A schema as plain JSON. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The address of the dialect. */
const DIALECT = "https://json-schema.org/draft/2020-12/schema";
/** What stands in for any value until `${}` is resolved, or until a later file gives it. */
const INTERPOLATION = { $ref: "#/$defs/interpolation" };

/** Keys of the frame whose values are nodes, wherever they stand. */
const FRAME_NODES: Readonly<Record<string, SlotSpec>> = {
  meta_model: node("block"),
  loss: node("loss"),
  val_loss: node("loss", "maybe"),
  metrics: node("metric", "list"),
  optimizer: node("optimizer"),
  scheduler: node("schedule"),
  dataset: node("dataset"),
  transforms: node("transform", "list"),
  tokenizer: node("tokenizer", "maybe"),
  sampler: node("sampler", "maybe"),
  collate: node("collate", "maybe"),
};

/** Keys that nodes of these kinds take beside their options. */
const KEYS_OF_KIND: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  block: ["read_key", "write_key", "read", "write"],
  loss: ["read_key", "write_key", "read", "write"],
  metric: ["read_key", "write_key", "read", "write", "dataset_name"],
  "mask-generator": ["read_key", "write_key", "read", "write"],
};

/** The schema of a config that names things of `registry`. Names that it does not know are let through. */
export function experimentJsonSchema(registry: Registry): JsonSchema {
  const defs: Record<string, JsonSchema> = {
    interpolation: { type: "string", pattern: "\\$\\{|^\\?\\?\\?$" },
  };
  const things = registry.names.map((name) => registry.get(name));
  const specs = [...Object.values(FRAME_NODES), ...things.flatMap(({ definition }) => Object.values(definition.slots))];
  for (const { name, definition } of things) defs[name] = thingSchema(definition);
  for (const { kinds } of specs)
    defs[nameOf(kinds)] ??= nodeSchema(things.filter(({ definition }) => kinds.includes(definition.kind)));
  const frame = z.toJSONSchema(experimentSchema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const { properties, ...rest } = written(frame, FRAME_NODES);
  return {
    ...rest,
    $schema: DIALECT,
    title: "L3M experiment",
    properties: {
      extends: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
      ...(properties as object),
    },
    $defs: defs,
  };
}

/** `ns/name`, or a map that names one of these things and gives its options; a map without a name changes that of a base. */
function nodeSchema(things: readonly Registered[]): JsonSchema {
  const described = things.map(({ name, definition }) => ({ const: name, description: definition.summary }));
  const names = { anyOf: [...described, { type: "string" }] };
  const keys = new Set(things.map(({ definition }) => kindKey(definition.kind)));
  const options = things.map(({ name, definition: { kind } }) => ({
    if: { properties: { [kindKey(kind)]: { const: name } }, required: [kindKey(kind)] },
    then: { $ref: reference(name) },
  }));
  const properties = Object.fromEntries([...keys].map((key) => [key, names]));
  return { anyOf: [names, { type: "object", properties, allOf: options }] };
}

/** The options of one thing: its own, its slots, and what its kind and its owner add. */
function thingSchema({ kind, summary, options, slots, rename = {}, ignores = [] }: Definition): JsonSchema {
  const own = written(options["~standard"].jsonSchema?.input({ target: "draft-2020-12" }) ?? {}, {});
  const { properties, additionalProperties } = own as { properties?: object; additionalProperties?: unknown };
  const others = [
    kindKey(kind),
    "_partial_",
    ...(KEYS_OF_KIND[kind] ?? []),
    ...(PARENT_OPTIONS[kind] ?? []).map((name) => rename[name] ?? name),
    ...ignores,
  ];
  return {
    type: "object",
    description: summary,
    properties: {
      ...Object.fromEntries(others.map((name) => [name, {}])),
      ...properties,
      ...Object.fromEntries(Object.entries(slots).map(([name, spec]) => [name, slotSchema(spec)])),
    },
    // a library without JSON Schema cannot tell what it takes
    ...(properties === undefined ? {} : { additionalProperties: additionalProperties ?? true }),
  };
}

function slotSchema({ kinds, shape }: SlotSpec): JsonSchema {
  const one = { anyOf: [{ $ref: reference(nameOf(kinds)) }, { type: "null" }] };
  if (shape === "list") return { anyOf: [{ type: "array", items: one }, { type: "null" }, INTERPOLATION] };
  if (shape === "map") return { anyOf: [{ type: "object", additionalProperties: one }, INTERPOLATION] };
  return one;
}

/** A schema of values as a file writes them: nothing is required, anything may be `${}`, and `nodes` are nodes. */
function written(schema: JsonSchema, nodes: Readonly<Record<string, SlotSpec>>): JsonSchema {
  const inside = (value: unknown): JsonSchema => orInterpolation(written(value as JsonSchema, nodes));
  const { required: _required, $schema: _dialect, ...result } = schema as Record<string, unknown>;
  for (const keyword of ["items", "additionalProperties", "propertyNames"])
    if (typeof result[keyword] === "object") result[keyword] = inside(result[keyword]);
  for (const keyword of ["anyOf", "oneOf", "allOf", "prefixItems"])
    if (Array.isArray(result[keyword]))
      result[keyword] = result[keyword].map(
        keyword === "prefixItems" ? inside : (value) => written(value as JsonSchema, nodes),
      );
  if (typeof result["properties"] === "object")
    result["properties"] = Object.fromEntries(
      Object.entries(result["properties"] as object).map(([name, value]) => {
        const spec = nodes[name];
        return [name, spec === undefined ? inside(value) : slotSchema(spec)];
      }),
    );
  return result;
}

/** Lets `${}` stand where text cannot stand anyway. */
function orInterpolation(schema: JsonSchema): JsonSchema {
  const open = Object.keys(schema).every((keyword) => ["description", "default", "title"].includes(keyword));
  const isText = schema["type"] === "string" && schema["enum"] === undefined;
  if (open || isText) return schema;
  const { description, default: fallback, ...rest } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [rest, INTERPOLATION],
  };
}

function node(kind: Kind, shape: SlotSpec["shape"] = "one"): SlotSpec {
  return { kinds: [kind], shape, shared: false };
}

/** What the nodes of these kinds are called among the definitions. */
function nameOf(kinds: readonly Kind[]): string {
  return [...kinds].sort().join(" or ");
}

/** The address of a definition in the same document. */
function reference(name: string): string {
  return `#/$defs/${encodeURI(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`;
}
