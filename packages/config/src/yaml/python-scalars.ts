/**
 * Scalars that Python's YAML 1.1 (with ml-l3m's number rules) reads differently from YAML 1.2. Configs come over from
 * Python, so each gets a warning that says what it is here, what it was there, and what to write.
 */

interface Difference {
  readonly pattern: RegExp;
  readonly here: string;
  readonly inPython: string;
  readonly instead: (source: string) => string;
}

const withoutUnderscores = (source: string): string => source.replaceAll("_", "");

const DIFFERENCES: readonly Difference[] = [
  {
    pattern: /^(yes|no|on|off)$/i,
    here: "text",
    inPython: "a boolean",
    instead: (source) => (/^(yes|on)$/i.test(source) ? "true" : "false"),
  },
  {
    pattern: /^(?=.*_)[-+]?[1-9][\d_]*(\.[\d_]*)?([eE][-+]?\d+)?$/,
    here: "text",
    inPython: "a number",
    instead: withoutUnderscores,
  },
  {
    pattern: /^[-+]?0[0-7_]*[0-7]$/,
    here: "a decimal number",
    inPython: "an octal number",
    instead: (source) => String(Number.parseInt(withoutUnderscores(source), 8)),
  },
  { pattern: /^[-+]?0\d+$/, here: "a number", inPython: "text", instead: (source) => String(Number(source)) },
  {
    pattern: /^[-+]\.\d+([eE][-+]?\d+)?$/,
    here: "a number",
    inPython: "text",
    instead: (source) => source.replace(".", "0."),
  },
  { pattern: /^0o[0-7]+$/, here: "an octal number", inPython: "text", instead: (source) => String(Number(source)) },
  {
    pattern: /^[-+]?0b[01_]+$/,
    here: "text",
    inPython: "a binary number",
    instead: (source) => String(Number.parseInt(withoutUnderscores(source).replace("0b", ""), 2)),
  },
  {
    pattern: /^[-+]0x[\da-f_]+$/i,
    here: "text",
    inPython: "a hexadecimal number",
    instead: (source) => String(Number.parseInt(withoutUnderscores(source), 16)),
  },
  {
    pattern: /^[-+]?[1-9]\d*(:[0-5]?\d)+(\.\d*)?$/,
    here: "text",
    inPython: "a base-60 number",
    instead: () => "the plain number",
  },
  { pattern: /^none$/i, here: "text", inPython: "text too, not None", instead: () => "null for no value" },
];

/** The warning for an unquoted scalar, or undefined when both languages agree. */
export function pythonScalarWarning(source: string): string | undefined {
  const difference = DIFFERENCES.find(({ pattern }) => pattern.test(source));
  if (difference === undefined) return undefined;
  const { here, inPython, instead } = difference;
  return `${source} is ${here} here (YAML 1.2) and ${inPython} in Python's YAML 1.1. Write ${instead(source)}, or quote it.`;
}
