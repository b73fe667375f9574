/** The value encoding of the config goldens: `{"int": 1}`, `{"map": [[key, value], ...]}`, ... */
export type GoldenValue =
  | null
  | boolean
  | { readonly int: number }
  | { readonly float: number | string }
  | { readonly str: string }
  | { readonly list: readonly GoldenValue[] }
  | { readonly map: readonly (readonly [string, GoldenValue])[] };
