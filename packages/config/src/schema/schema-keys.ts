/** Which keys a zod schema takes at a path: for did-you-mean, and for overrides of keys that a file leaves to their default. */
import { z } from "zod";

/** The keys of the strict object at `path`; undefined where the schema has none or takes any. */
export function schemaKeys(schema: z.core.$ZodType, path: readonly string[]): readonly string[] | undefined {
  const bare = unwrap(schema);
  const [key, ...rest] = path;
  if (key === undefined) return bare instanceof z.ZodObject ? Object.keys(bare.shape) : undefined;
  const child = childSchema(bare, key);
  return child === undefined ? undefined : schemaKeys(child, rest);
}

function childSchema(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wraps ? unwrap(schema.unwrap()) : schema;
}
