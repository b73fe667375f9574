/** The part of JSON Schema (2020-12) that the schema of config files uses, as a validator that knows nothing of L3M. */

type Schema = Readonly<Record<string, unknown>>;

/** Every keyword that {@link violations} judges or may pass over. */
const KEYWORDS = new Set([
  ...["$ref", "$defs", "$schema", "title", "description", "default", "type", "const", "enum", "pattern", "minLength"],
  ...[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "anyOf",
    "oneOf",
    "allOf",
    "if",
    "then",
  ],
  ...[
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "not",
  ],
]);

/** Where `value` breaks `schema`, as `path: keyword`; empty when it is valid. */
export function violations(root: Schema, value: unknown, schema: Schema = root, at = ""): string[] {
  const check = (part: unknown, given: unknown, where = at): string[] =>
    typeof part === "boolean"
      ? part
        ? []
        : [`${where}: not allowed`]
      : violations(root, given, part as Schema, where);
  const fits = (part: unknown): boolean => check(part, value).length === 0;
  const list = (keyword: string): unknown[] => (schema[keyword] as unknown[] | undefined) ?? [];
  const found: string[] = Object.keys(schema).flatMap((keyword) =>
    KEYWORDS.has(keyword) ? [] : [`${at}: unknown keyword ${keyword}`],
  );
  const demand = (keyword: string, holds: (limit: never) => boolean): void => {
    if (keyword in schema && !holds(schema[keyword] as never))
      found.push(`${at}: ${keyword} ${JSON.stringify(schema[keyword])?.slice(0, 60)}`);
  };
  demand("type", (type: string | string[]) => [type].flat().some((name) => isOf(name, value)));
  demand("const", (constant) => constant === value);
  demand("enum", (values: unknown[]) => values.includes(value));
  demand("not", (part) => !fits(part));
  demand("anyOf", (parts: unknown[]) => parts.some(fits));
  demand("oneOf", (parts: unknown[]) => parts.filter(fits).length === 1);
  found.push(...list("allOf").flatMap((part) => check(part, value)));
  if ("if" in schema && fits(schema["if"]) && "then" in schema) found.push(...check(schema["then"], value));
  if (typeof schema["$ref"] === "string") found.push(...check(target(root, schema["$ref"]), value));
  if (typeof value === "string") {
    demand("pattern", (pattern: string) => new RegExp(pattern, "u").test(value));
    demand("minLength", (length: number) => value.length >= length);
  }
  if (typeof value === "number") {
    demand("minimum", (limit: number) => value >= limit);
    demand("maximum", (limit: number) => value <= limit);
    demand("exclusiveMinimum", (limit: number) => value > limit);
    demand("exclusiveMaximum", (limit: number) => value < limit);
    demand("multipleOf", (factor: number) => Number.isInteger(value / factor));
  }
  if (Array.isArray(value)) {
    const first = list("prefixItems");
    demand("minItems", (length: number) => value.length >= length);
    demand("maxItems", (length: number) => value.length <= length);
    value.forEach((item, i) => {
      const part = first[i] ?? schema["items"];
      if (part !== undefined) found.push(...check(part, item, `${at}.${i}`));
    });
  } else if (isOf("object", value)) {
    const properties = (schema["properties"] ?? {}) as Schema;
    demand("required", (names: string[]) => names.every((name) => name in (value as object)));
    for (const [name, item] of Object.entries(value as object)) {
      const part = properties[name] ?? schema["additionalProperties"];
      if (part !== undefined) found.push(...check(part, item, `${at}.${name}`));
      if ("propertyNames" in schema) found.push(...check(schema["propertyNames"], name, `${at}.${name}`));
    }
  }
  return found;
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function target(root: Schema, ref: string): unknown {
  return decodeURI(ref)
    .slice("#/".length)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, key) => (at as Schema)[key], root);
}
