/**
 * What an unquoted scalar means: YAML 1.1 as Python's tools read it, with ml-l3m's two changes (an exponent alone makes a
 * float; no timestamps). So a config means the same here and there.
 *
 *     1e-3, 5., .5, 1_000.5   float         125_000, 0x10, 0b11   int         010    int 8 (octal)
 *     yes, On, FALSE          boolean       ~, null, (nothing)    null        1:30   int 90 (base 60)
 */
import type { ScalarNode } from "../tree/config-node.ts";

/** A value without a place; `float` as in {@link ScalarNode}. */
type PlainScalar = Pick<ScalarNode, "value" | "float">;

const TRUE = /^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(~|null|Null|NULL|)$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const INT = /^[-+]?(0|[1-9][\d_]*)$/;
const BASED_INT = /^[-+]?(0b[01_]*[01][01_]*|0x[\da-fA-F_]*[\da-fA-F][\da-fA-F_]*)$/;
const BASE_60 = /^[-+]?([1-9][\d_]*(:[0-5]?\d)+|\d[\d_]*(:[0-5]?\d)+\.[\d_]*)$/;
const FLOAT = /^([-+]?\d[\d_]*\.[\d_]*([eE][-+]\d+)?|[-+]?\d+(_\d+)*(\.[\d_]*)?[eE][-+]?\d+|\.\d[\d_]*([eE][-+]\d+)?)$/;
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

/** The value of an unquoted scalar; text where nothing else fits. */
export function readPlainScalar(source: string): PlainScalar {
  if (NULL.test(source)) return { value: null };
  if (TRUE.test(source)) return { value: true };
  if (FALSE.test(source)) return { value: false };
  if (!/^[-+.\d]/.test(source)) return { value: source };
  const sign = source.startsWith("-") ? -1 : 1;
  const digits = source.replace(/^[-+]/, "").replaceAll("_", "");
  if (INT.test(source) || BASED_INT.test(source)) return integer(sign, Number(digits));
  if (OCTAL.test(source)) return integer(sign, Number.parseInt(digits, 8));
  if (BASE_60.test(source)) {
    const value = digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return source.includes(".") ? { value: sign * value, float: true } : integer(sign, value);
  }
  if (FLOAT.test(source)) return { value: sign * Number(digits), float: true };
  if (NOT_FINITE.test(source)) return { value: /inf/i.test(source) ? sign * Infinity : NaN, float: true };
  return { value: source };
}

/** What to tell about an unquoted scalar that few readers expect to mean what it means, or undefined. */
export function plainScalarWarning(source: string): string | undefined {
  if (/^(yes|no|on|off)$/i.test(source)) {
    const { value } = readPlainScalar(source);
    return `${source} is ${typeof value === "boolean" ? "a boolean" : "text"} here. Write ${/^(yes|on)$/i.test(source) ? "true" : "false"}, or quote it.`;
  }
  if (/^none$/i.test(source)) return `${source} is text here. Write null for no value, or quote it.`;
  if (OCTAL.test(source) && /[1-9]/.test(source)) return isNumber(source, "the octal number");
  if (BASE_60.test(source)) return isNumber(source, "the base-60 number");
  const { value } = readPlainScalar(source);
  if (
    typeof value === "string" &&
    /^[-+]?(0\d+|0o[0-7]+|\.\d+([eE][-+]?\d+)?|[\d_]+([.][\d_]+)?[eE][-+]?[\d_]+)$/.test(source)
  )
    return `${source} is text here, not a number. Write it another way, or quote it.`;
  return undefined;
}

/** Zero has no sign among integers. */
function integer(sign: number, magnitude: number): PlainScalar {
  return { value: magnitude === 0 ? 0 : sign * magnitude };
}

function isNumber(source: string, what: string): string {
  const { value } = readPlainScalar(source);
  return `${source} is ${what} for ${String(value)}. Write ${String(value)}, or quote it.`;
}
