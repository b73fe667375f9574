/**
 * Options are validated by any library that implements Standard Schema (standardschema.dev). Typed structurally, so core
 * has no schema library in its public types and plugins bring their own.
 */

/** The part of Standard Schema v1 that L3M uses, with the JSON Schema extension where a library has it. */
export interface OptionSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly jsonSchema?: { readonly input: (options: { readonly target: string }) => Record<string, unknown> };
  };
}

export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type that a schema produces. */
export type OptionsOf<S> = S extends {
  readonly "~standard": { readonly types?: { readonly output: infer O } | undefined };
}
  ? O
  : never;

/** Names of the options in declaration order; undefined when the schema takes any option or the library cannot tell. */
export function optionNames(schema: OptionSchema): readonly string[] | undefined {
  const jsonSchema = schema["~standard"].jsonSchema?.input({ target: "draft-07" });
  const others = jsonSchema?.["additionalProperties"];
  if (others !== undefined && others !== false) return undefined;
  const properties = jsonSchema?.["properties"];
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : undefined;
}

/** One problem with one option. `option` is the dotted path inside the node; empty for the node itself. */
export interface OptionProblem {
  readonly option: string;
  readonly message: string;
}

/** Validates synchronously; returns either the parsed options or every problem. */
export function validateOptions(
  schema: OptionSchema,
  value: unknown,
): { options?: unknown; problems: readonly OptionProblem[] } {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise)
    return { problems: [{ option: "", message: "the options schema must be synchronous" }] };
  if (result.issues === undefined) return { options: result.value, problems: [] };
  return {
    problems: result.issues.map((issue) => ({
      option: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
      message: issue.message,
    })),
  };
}
