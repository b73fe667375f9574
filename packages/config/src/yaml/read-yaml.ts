/** YAML text -> config nodes with places. All syntax errors of a text are reported together. */
import { L3mError } from "@l3m/errors";
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { ConfigNode, MapEntry, ScalarNode, SourcePlace } from "../tree/config-node.ts";
import type { ConfigWarning } from "../tree/stale-options.ts";
import { plainScalarWarning, readPlainScalar } from "./plain-scalars.ts";
import type { SourceText } from "./source-text.ts";

/** What reading one text gives; `node` is null (a scalar) for an empty text. */
export interface YamlReading {
  readonly node: ConfigNode;
  readonly errors: readonly L3mError[];
  readonly warnings: readonly ConfigWarning[];
}

/** Aliases may expand to this many nodes; more is a "billion laughs" file. */
const MAX_NODES = 200_000;

/**
 * Reads YAML with anchors, aliases and `<<` merge keys; unquoted scalars mean what plain-scalars.ts says. Duplicate keys and
 * unknown tags are errors.
 */
export function readYaml(source: SourceText): YamlReading {
  const document = parseDocument(source.text, {
    lineCounter: source.lineCounter,
    prettyErrors: false,
    schema: "core",
    keepSourceTokens: false,
    strict: true,
    uniqueKeys: true,
  });
  const errors = parseErrors(document, source);
  const reader = new NodeReader(source, document);
  const node = errors.length === 0 ? reader.read(document.contents) : nullNode(source);
  return { node, errors: [...errors, ...reader.errors], warnings: reader.warnings };
}

class NodeReader {
  readonly errors: L3mError[] = [];
  readonly warnings: ConfigWarning[] = [];
  private readonly source: SourceText;
  private readonly document: Document;
  private readonly openAliases = new Set<Node>();
  private numNodes = 0;

  constructor(source: SourceText, document: Document) {
    this.source = source;
    this.document = document;
  }

  read(node: Node | null): ConfigNode {
    if (++this.numNodes > MAX_NODES) return this.fail(node, `the file expands to more than ${MAX_NODES} values`);
    if (node === null) return nullNode(this.source);
    if (isScalar(node)) return this.readScalar(node);
    const place = this.source.place(start(node));
    if (isSeq(node))
      return { kind: "list", items: node.items.map((item) => this.read(isNode(item) ? item : null)), place };
    if (isMap(node)) return this.readMap(node);
    const target = isAlias(node) ? node.resolve(this.document) : undefined;
    if (target === undefined) return this.fail(node, "an alias names an anchor that does not exist");
    if (this.openAliases.has(target)) return this.fail(node, "an alias contains itself");
    this.openAliases.add(target);
    const copy = this.read(target);
    this.openAliases.delete(target);
    return copy;
  }

  private readMap(map: YAMLMap): ConfigNode {
    const entries = new Map<string, MapEntry>();
    const inherited: ConfigNode[] = [];
    for (const pair of map.items) {
      const { key, value } = pair;
      if (!isPair(pair) || !isScalar(key)) {
        this.fail(isNode(key) ? key : map, "a key must be a plain name");
        continue;
      }
      const node =
        value === null
          ? { ...nullNode(this.source), place: this.source.place(start(key)) }
          : this.read(isNode(value) ? value : null);
      if (key.value === "<<" && key.type === "PLAIN") inherited.push(node);
      else entries.set(this.keyText(key), { node, key: this.source.place(start(key)) });
    }
    for (const node of inherited.flatMap((item) => (item.kind === "list" ? item.items : [item]))) {
      if (node.kind !== "map") this.fail(map, "<< takes a map or a list of maps");
      else for (const [name, entry] of node.entries) if (!entries.has(name)) entries.set(name, entry);
    }
    return { kind: "map", entries, place: this.source.place(start(map)) };
  }

  private readScalar(scalar: Scalar): ConfigNode {
    const place = this.source.place(start(scalar));
    const { value, float } = this.scalarValue(scalar, place);
    if (typeof value === "string")
      return value.includes("${") ? { kind: "text", text: value, place } : { kind: "scalar", value, place };
    if (typeof value === "number") {
      if (float === true) return { kind: "scalar", value, float, place };
      if (!Number.isSafeInteger(value))
        return this.fail(scalar, "the integer is beyond 2^53 and would lose digits; quote it");
      return { kind: "scalar", value, place };
    }
    if (typeof value === "boolean" || value === null) return { kind: "scalar", value, place };
    return this.fail(scalar, "the value is none of text, number, boolean and null");
  }

  private scalarValue(scalar: Scalar, place: SourcePlace): { readonly value: unknown; readonly float?: boolean } {
    const { value, source = "" } = scalar;
    if (scalar.type !== "PLAIN" || scalar.tag !== undefined)
      return { value, float: scalar.tag?.endsWith(":float") === true };
    const warning = plainScalarWarning(source);
    if (warning !== undefined) this.warnings.push({ message: warning, where: place });
    return readPlainScalar(source);
  }

  private keyText(key: Scalar): string {
    return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
  }

  private fail(node: Node | null, message: string): ScalarNode {
    this.errors.push(syntaxError(this.source, node === null ? 0 : start(node), message));
    return nullNode(this.source);
  }
}

/** The parser's errors in our words. Once it has lost the thread, every further token is unexpected; only the first is told. */
function parseErrors(document: Document, source: SourceText): L3mError[] {
  const problems = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const firstUnexpected = problems.find(({ code }) => code === "UNEXPECTED_TOKEN");
  return problems
    .filter((problem) => problem.code !== "UNEXPECTED_TOKEN" || problem === firstUnexpected)
    .map(({ code, message, pos: [offset] }) => {
      if (code === "DUPLICATE_KEY")
        return syntaxError(source, offset, `${JSON.stringify(keyAt(source.text, offset))} is given twice in one map`);
      if (code !== "UNEXPECTED_TOKEN" || !source.text.startsWith("${", offset - 1))
        return syntaxError(source, offset, message);
      const written = /^\$\{[^}\n]*\}?/.exec(source.text.slice(offset - 1))?.[0] ?? "${...}";
      return syntaxError(source, offset - 1, "${...} must be quoted inside { } and [ ]", `Write "${written}".`);
    });
}

function nullNode(source: SourceText): ScalarNode {
  return { kind: "scalar", value: null, place: source.place(0) };
}

function syntaxError(source: SourceText, offset: number, text: string, fix?: string): L3mError {
  const sentence = `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
  return new L3mError("L3M_CONFIG_SYNTAX", {
    message: sentence + source.caret(offset),
    where: source.place(offset),
    ...(fix === undefined ? {} : { fix }),
  });
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

function keyAt(text: string, offset: number): string {
  return (/^("[^"]*"|'[^']*'|[^:,}\n]*)/.exec(text.slice(offset))?.[0] ?? "").trim().replace(/^(['"])(.*)\1$/, "$2");
}
