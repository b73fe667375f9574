/** Checks what a plugin declares, without building anything. */
import assert from "node:assert/strict";
import {
  acceptPlugin,
  corePlugin,
  type Definition,
  optionNames,
  type Plugin,
  Registry,
  resolveNode,
  validateOptions,
} from "@l3m/core";

export interface TestPluginOptions {
  /** Plugins beside core that its slots' defaults name. */
  readonly plugins?: readonly Plugin[];
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const UNKNOWN_OPTION = "an_option_that_does_not_exist";

/**
 * Names are kebab-case and unique, aliases are unique and free, everything has a summary, options refuse unknown names,
 * defaults are valid, positional and renamed options exist, and what slots have by default is registered.
 *
 * @throws AssertionError with the first finding; L3mError when it is no plugin at all.
 */
export function testPlugin(candidate: unknown, options: TestPluginOptions = {}): void {
  const plugin = acceptPlugin(candidate, "the plugin under test");
  assert.match(plugin.namespace, KEBAB, `the namespace "${plugin.namespace}" is not kebab-case`);
  assert.ok(plugin.provides.length > 0, `"${plugin.namespace}" provides nothing`);
  // refuses names and aliases that are taken, in the plugin itself and beside core and the others
  const registry = new Registry([...new Set([corePlugin, ...(options.plugins ?? []), plugin])]);
  for (const definition of plugin.provides) testDefinition(definition, registry);
}

function testDefinition(definition: Definition, registry: Registry): void {
  const { name } = definition;
  assert.match(name, KEBAB, `the name "${name}" is not kebab-case`);
  assert.ok(definition.summary.trim().length > 0, `"${name}" has no summary`);
  testOptions(definition);
  const own = optionNames(definition.options);
  if (own !== undefined) {
    const known = new Set([
      ...own,
      ...Object.keys(definition.slots),
      ...(definition.ignores ?? []),
      "read_key",
      "write_key",
    ]);
    const overlap = own.filter((option) => option in definition.slots);
    assert.deepEqual(overlap, [], `"${name}" declares options that are slots too`);
    const named = [
      ...(definition.positional ?? []).map((option) => option.replace(/^\.\.\./, "")),
      ...Object.values(definition.rename ?? {}),
      ...Object.values(definition.upstream ?? {}),
    ];
    assert.deepEqual(
      named.filter((option) => !known.has(option)),
      [],
      `"${name}" refers to options that it does not declare`,
    );
  }
  for (const [slot, { default: node, kinds }] of Object.entries(definition.slots)) {
    const nodes = Array.isArray(node) ? node : node === undefined || node === null ? [] : [node];
    for (const one of nodes) resolveNode(registry, kinds, one, `${name}.${slot}`);
  }
}

function testOptions({ name, options }: Definition): void {
  const bare = validateOptions(options, {});
  const withUnknown = validateOptions(options, { [UNKNOWN_OPTION]: 1 });
  const isStrict = withUnknown.problems.length > bare.problems.length;
  const open = optionNames(options) === undefined && takesOthers(options);
  assert.ok(isStrict || open, `the options of "${name}" accept an option that does not exist; use a strict schema`);
  if (bare.problems.length === 0) {
    const again = validateOptions(options, bare.options);
    assert.deepEqual(again.problems, [], `the defaults of "${name}" are not valid options`);
  }
  for (const [option, value] of Object.entries(defaultsOf(options))) {
    const { problems } = validateOptions(options, { [option]: value });
    const own = problems.filter((problem) => problem.option === option || problem.option.startsWith(`${option}.`));
    assert.deepEqual(own, [], `the default of "${option}" of "${name}" is not valid`);
  }
}

/** True for a schema that says itself that it takes any other option. */
function takesOthers(options: Definition["options"]): boolean {
  const others = options["~standard"].jsonSchema?.input({ target: "draft-07" })["additionalProperties"];
  return others !== undefined && others !== false;
}

function defaultsOf(options: Definition["options"]): Record<string, unknown> {
  const properties = options["~standard"].jsonSchema?.input({ target: "draft-07" })["properties"] as
    Readonly<Record<string, { readonly default?: unknown }>> | undefined;
  return Object.fromEntries(
    Object.entries(properties ?? {}).flatMap(([option, { default: value }]) =>
      value === undefined ? [] : [[option, value]],
    ),
  );
}
