/**
 * Turns the PJRT C API header of OpenXLA into data: the order of the functions, the byte offsets and the size of every
 * struct, the values of every enum. The header itself is not kept; take it from openxla/xla (xla/pjrt/c/pjrt_c_api.h).
 *
 *   node packages/pjrt/scripts/generate-bindings.mjs path/to/pjrt_c_api.h
 *
 * Layout rules are those of the 64-bit System V ABI (x86-64 and arm64 Linux agree): natural alignment, pointers and
 * size_t of 8 bytes, enums and int of 4, bool of 1. A struct's `size` is what the API calls its struct_size, the end of
 * its last field, which is smaller than sizeof when the struct ends in padding.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SCALARS = {
  size_t: 8,
  int64_t: 8,
  uint64_t: 8,
  uintptr_t: 8,
  intptr_t: 8,
  int: 4,
  int32_t: 4,
  uint32_t: 4,
  float: 4,
  double: 8,
  bool: 1,
  char: 1,
};

/**
 * @param {string} header text of pjrt_c_api.h
 * @returns {{ major: number, minor: number, functions: string[], structs: Map<string, { size: number, fields: Map<string, number> }>, enums: Map<string, Map<string, number>> }}
 */
export function parseHeader(header) {
  const text = header
    .replace(/\\\n/g, " ")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/[^\n]*/g, "");
  const version = (/** @type {string} */ name) => Number(new RegExp(`#define ${name} (\\d+)`).exec(text)?.[1]);
  const code = text.replace(/^#.*$/gm, "");
  const enums = parseEnums(code);
  const pointers = new Set([...code.matchAll(/typedef\s+[\w\s*]+\(\s*\*\s*(\w+)\s*\)\s*\(/g)].map((match) => match[1]));
  const bodies = [...code.matchAll(/(?:^|\n)\s*(?:typedef\s+)?struct (\w+) \{/g)].map((match) => {
    const open = match.index + match[0].length;
    return /** @type {const} */ ([match[1], code.slice(open, closingBrace(code, open))]);
  });
  const functions = [
    ...(bodies.find(([name]) => name === "PJRT_Api")?.[1] ?? "").matchAll(/_PJRT_API_STRUCT_FIELD\(\s*(\w+)\s*\)/g),
  ].map((match) => match[1]);

  const structs = new Map();
  const sizes = new Map(Object.entries(SCALARS).map(([name, size]) => [name, { size, align: size }]));
  for (const name of enums.keys()) sizes.set(name, { size: 4, align: 4 });
  for (const name of pointers) sizes.set(name, { size: 8, align: 8 });
  for (const [name, body] of bodies) {
    if (name === "PJRT_Api") continue;
    const layout = layOut(body, sizes, name);
    sizes.set(name, { size: roundUp(layout.end, layout.align), align: layout.align });
    structs.set(name, { size: layout.end, fields: layout.fields });
  }
  checkLastFields(text, structs);
  return { major: version("PJRT_API_MAJOR"), minor: version("PJRT_API_MINOR"), functions, structs, enums };
}

/** Index of the brace that closes the one just before `from`. */
function closingBrace(code, from) {
  let depth = 1;
  let at = from;
  for (; depth > 0; at++) depth += code[at] === "{" ? 1 : code[at] === "}" ? -1 : 0;
  return at - 1;
}

function parseEnums(code) {
  const enums = new Map();
  for (const match of code.matchAll(/typedef enum(?: \w+)? \{([^}]*)\}\s*(\w+)\s*;/g)) {
    const values = new Map();
    let next = 0;
    for (const item of match[1]
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")) {
      const [name, value] = item.split("=").map((part) => part.trim());
      if (value !== undefined) next = Number(value);
      values.set(name, next++);
    }
    enums.set(match[2], values);
  }
  return enums;
}

/** Offsets of the fields of one struct body; the members of an anonymous union share its offset. */
function layOut(body, sizes, struct) {
  const fields = new Map();
  let offset = 0;
  let align = 1;
  const place = (name, type) => {
    const at = roundUp(offset, type.align);
    for (const one of [name].flat()) fields.set(one, at);
    offset = at + type.size;
    align = Math.max(align, type.align);
  };
  for (const declaration of splitDeclarations(body)) {
    const union = /^union\s*\{([\s\S]*)\}$/.exec(declaration);
    if (union !== null) {
      const members = splitDeclarations(union[1]).map((member) => parseField(member, sizes, struct));
      place(
        members.map((member) => member.name),
        {
          size: Math.max(...members.map((member) => member.type.size)),
          align: Math.max(...members.map((member) => member.type.align)),
        },
      );
    } else {
      const { name, type } = parseField(declaration, sizes, struct);
      place(name, type);
    }
  }
  return { fields, end: offset, align };
}

/** Cuts a struct body at the semicolons outside of braces. */
function splitDeclarations(body) {
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    if (body[at] === "{") depth++;
    if (body[at] === "}") depth--;
    if (body[at] === ";" && depth === 0) {
      parts.push(body.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts.filter((part) => part !== "");
}

function parseField(declaration, sizes, struct) {
  const pointer = { size: 8, align: 8 };
  const callback = /\(\s*\*\s*(\w+)\s*\)\s*\(/.exec(declaration);
  if (callback !== null) return { name: callback[1], type: pointer };
  const match = /^(?:const\s+)?(?:struct\s+)?(\w+)([\s\S]*?)(\w+)$/.exec(declaration);
  if (match === null) throw new Error(`${struct}: cannot read the field "${declaration}"`);
  const [, typeName, between, name] = match;
  if (between.includes("*")) return { name, type: pointer };
  const type = sizes.get(typeName);
  if (type === undefined || declaration.includes("["))
    throw new Error(`${struct}: unknown type of the field "${declaration}"`);
  return { name, type };
}

/** The header names the last field of each struct a second time; both must agree, or this parser went wrong. */
function checkLastFields(text, structs) {
  for (const match of text.matchAll(/PJRT_DEFINE_STRUCT_TRAITS\(\s*(\w+)\s*,\s*(\w+)\s*\)/g)) {
    const [, name, last] = match;
    if (name === "sname") continue;
    const found = [...(structs.get(name)?.fields.keys() ?? [])].at(-1);
    if (found !== last) throw new Error(`${name}: the header says that its last field is ${last}, parsed ${found}`);
  }
}

function roundUp(value, multiple) {
  return Math.ceil(value / multiple) * multiple;
}

/** The generated module as text. */
export function printBindings(api) {
  const struct = ([name, { size, fields }]) =>
    `  ${name}: { size: ${size}, offsets: { ${[...fields]
      .filter(([field]) => field !== "struct_size" && field !== "extension_start")
      .map(([field, offset]) => `${field}: ${offset}`)
      .join(", ")} } },`;
  const values = ([name, members]) =>
    `  ${name}: { ${[...members].map(([member, value]) => `${member.replace(`${name}_`, "").replace(/^PJRT_\w+_k/, "k")}: ${value}`).join(", ")} },`;
  return `/**
 * Generated by scripts/generate-bindings.mjs from the PJRT C API header ${api.major}.${api.minor}. Do not edit.
 *
 * Offsets and sizes are bytes; \`size\` is the struct_size of the API, the end of the last field.
 */

/** The version of the header. A plugin with a smaller one lacks the functions at the end of the list. */
export const API_VERSION = { major: ${api.major}, minor: ${api.minor} } as const;

/** Names of the function pointers of PJRT_Api in order; the first is at byte ${FIRST_FUNCTION}. */
export const FUNCTIONS = [
${api.functions.map((name) => `  "${name}",`).join("\n")}
] as const;

export const FIRST_FUNCTION_OFFSET = ${FIRST_FUNCTION};

export const STRUCTS = {
${[...api.structs].map(struct).join("\n")}
} as const;

export const ENUMS = {
${[...api.enums].map(values).join("\n")}
} as const;
`;
}

/** struct_size, extension_start and the 24 bytes of PJRT_Api_Version come first. */
const FIRST_FUNCTION = 40;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [input] = process.argv.slice(2);
  if (input === undefined) throw new Error("usage: node generate-bindings.mjs path/to/pjrt_c_api.h");
  const output = path.join(import.meta.dirname, "../src/generated/pjrt-c-api.ts");
  const api = parseHeader(readFileSync(input, "utf8"));
  writeFileSync(output, printBindings(api));
  console.log(
    `${output}: PJRT C API ${api.major}.${api.minor}, ${api.functions.length} functions, ${api.structs.size} structs`,
  );
}
