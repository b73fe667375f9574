/** Dotted paths into a config: `data.train.transforms.0.size`, `transforms[0]`, `lr_scalers["trunk.blocks.0"]`. */
import { L3mError, type ErrorCode } from "@l3m/errors";

/** The keys and list indices from the root to a node. */
export type ConfigPath = readonly string[];

/**
 * Splits a dotted path. `[...]` is one key taken literally, with or without quotes, so that keys with dots can be named.
 * @param code of the error that an empty key or an open bracket raises
 * @param emptyKeys whether a key may be empty, as upstream allows
 */
export function parsePath(text: string, code: ErrorCode = "L3M_CONFIG_OVERRIDE", emptyKeys = false): ConfigPath {
  const keys: string[] = [];
  let position = 0;
  while (position < text.length || keys.length === 0) {
    if (text[position] === "[") {
      const end = text.indexOf("]", position);
      if (end === -1) throw malformed(code, text, `"[" is never closed`);
      keys.push(unquote(text.slice(position + 1, end)));
      position = end + 1;
    } else {
      if (keys.length > 0) {
        if (text[position] !== ".") throw malformed(code, text, `"." or "[" must follow "]"`);
        position++;
      }
      const end = endOfKey(text, position);
      keys.push(text.slice(position, end));
      position = end;
    }
    if (keys.at(-1) === "" && !emptyKeys) throw malformed(code, text, "a key is empty");
  }
  return keys;
}

/** The dotted form of a path; a key that holds a dot or bracket is written `["a.b"]`. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const key of path) {
    if (key === "" || /[.[\]]/.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

/** The list index that a key stands for, or undefined when it is no index. */
export function asIndex(key: string): number | undefined {
  return /^(0|[1-9][0-9]*)$/.test(key) ? Number(key) : undefined;
}

function endOfKey(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== "." && text[end] !== "[") end++;
  return end;
}

function unquote(key: string): string {
  const quote = key[0];
  return key.length >= 2 && (quote === '"' || quote === "'") && key.endsWith(quote) ? key.slice(1, -1) : key;
}

function malformed(code: ErrorCode, text: string, why: string): L3mError {
  return new L3mError(code, {
    message: `"${text}" is no path into a config: ${why}.`,
    expected: "keys joined by dots, for example data.train.batch_size or data.train.transforms.0.size",
  });
}
