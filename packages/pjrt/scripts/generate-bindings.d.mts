/** Types of the generator, for its test. */
export interface ParsedHeader {
  readonly major: number;
  readonly minor: number;
  readonly functions: string[];
  readonly structs: Map<string, { size: number; fields: Map<string, number> }>;
  readonly enums: Map<string, Map<string, number>>;
}
export function parseHeader(header: string): ParsedHeader;
export function printBindings(api: ParsedHeader): string;
