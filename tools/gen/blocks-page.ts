/** The pages docs/blocks/: every registered thing with its options, slots, ports and aliases, from the plugins themselves. */
import { kindKey, PARENT_OPTIONS, type Definition, type Plugin, type Ports, type SlotSpec } from "@l3m/core";
import { type JsonSchema, typeInWords } from "./json-schema.ts";
import { markdownTable } from "./markdown-table.ts";

export interface DescribedPlugin {
  readonly plugin: Plugin;
  /** One sentence, from its package.json. */
  readonly description: string;
}

const GENERATED = "This page is written by `npm run gen` from the definitions in the sources.";

/** The page that lists everything by package. */
export function renderBlocksIndex(plugins: readonly DescribedPlugin[]): string {
  const parts = plugins.map(({ plugin, description }) => {
    const rows = plugin.provides.map(({ name, kind, summary }) => [
      `[\`${plugin.namespace}/${name}\`](${plugin.namespace}.md#${anchor(plugin.namespace, name)})`,
      kind,
      summary,
    ]);
    return `## ${plugin.namespace}\n\n${description}\n\n${markdownTable(["name", "kind", "what it does"], rows)}`;
  });
  return `# Everything that a config can name\n\n${INTRODUCTION}\n\n${GENERATED}\n\n${parts.join("\n\n")}\n`;
}

const INTRODUCTION = `A node of a config names one of these by its kind: \`{ norm: core/rms-norm, eps: 1e-5 }\`, or by its name alone where a
slot says the kind: \`norm_layer: core/rms-norm\`. The key of a kind is its name in snake_case (\`pos_embed:\`). Everything
below is part of \`@l3m/preset-l3m\`, except \`emoji-pairs\`, which needs \`plugins: ["@l3m/emoji-pairs"]\`.`;

/** The page of one plugin. */
export function renderBlocksPage(plugin: Plugin, description: string): string {
  const parts = plugin.provides.map((definition) => renderDefinition(plugin.namespace, definition));
  return `# ${plugin.namespace}\n\n${description} ${GENERATED}\n\n${parts.join("\n\n")}\n`;
}

function renderDefinition(namespace: string, definition: Definition): string {
  const { name, kind, summary, aliases = [], ignores = [], positional = [] } = definition;
  const parts = [
    `## ${namespace}/${name}`,
    `${summary}`,
    `Kind: \`${kind}\`, in a config \`${kindKey(kind)}: ${namespace}/${name}\`.`,
    optionsTable(definition),
    slotsTable(definition.slots),
    definition.ports === undefined ? "" : portsTable(definition.ports),
    positional.length === 0
      ? ""
      : `By position (\`_args_\`): ${positional.map((option) => `\`${option}\``).join(", ")}.`,
    ignores.length === 0 ? "" : `Accepted without effect: ${ignores.map((option) => `\`${option}\``).join(", ")}.`,
    aliases.length === 0 ? "" : `Aliases: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function optionsTable({ kind, options, rename }: Definition): string {
  const schema = options["~standard"].jsonSchema?.input({ target: "draft-07" }) as JsonSchema | undefined;
  const required = new Set(schema?.required);
  const supplied = new Set((PARENT_OPTIONS[kind] ?? []).map((option) => rename?.[option] ?? option));
  const rows = Object.entries(schema?.properties ?? {}).map(([option, value]) => {
    const byParent = supplied.has(option);
    const fallback = byParent ? "from the parent" : required.has(option) ? "required" : literal(value.default);
    return [`\`${option}\``, typeInWords(value), fallback, value.description ?? ""];
  });
  const open = schema?.additionalProperties !== undefined && schema.additionalProperties !== false;
  return [markdownTable(["option", "type", "default", "meaning"], rows), open ? "Takes any other option." : ""]
    .filter((part) => part !== "")
    .join("\n\n");
}

function slotsTable(slots: Readonly<Record<string, SlotSpec>>): string {
  const rows = Object.entries(slots).map(([slot, { kinds, shape, default: fallback }]) => {
    const takes = kinds.map((kind) => `\`${kind}\``).join(" or ");
    const many = shape === "list" ? `list of ${takes}` : shape === "map" ? `map of names to ${takes}` : takes;
    return [`\`${slot}\``, many, fallback === null ? "empty" : fallback === undefined ? "required" : literal(fallback)];
  });
  return markdownTable(["slot", "takes", "default"], rows);
}

function portsTable(ports: Ports): string {
  const firsts = new Set(
    ["read", "write"].map((direction) => Object.keys(ports).find((name) => ports[name]?.direction === direction)),
  );
  const rows = Object.entries(ports).map(([name, port]) => {
    const { direction, optional, sort, shape, dtype } = port;
    const short = `\`${direction}_key\``;
    const given = port.key.from === "default" ? port.key.key : null;
    const named = firsts.has(name) ? short : `\`${direction}: { ${name}: ... }\``;
    const key =
      port.key.from === "option"
        ? `option \`${port.key.option}\``
        : port.key.from === "port"
          ? `key of \`${port.key.port}\` + \`${port.key.suffix}\``
          : given === null
            ? named
            : `\`${given}\`, or ${named}`;
    const type =
      sort === "value"
        ? "any value"
        : [sort === "list" ? "list of" : "", dtype ?? "", shape === undefined ? "tensor" : `\`[${shape}]\``]
            .filter((part) => part !== "")
            .join(" ");
    return [`\`${name}\``, `${direction}${optional ? ", optional" : ""}`, key, type];
  });
  return markdownTable(["port", "direction", "key", "value"], rows);
}

function literal(value: unknown): string {
  return value === undefined || value === null ? "none" : `\`${JSON.stringify(value)}\``;
}

/** GitHub's anchor of a heading. */
function anchor(namespace: string, name: string): string {
  return `${namespace}/${name}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
}
