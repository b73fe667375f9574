import preset from "@l3m/preset-l3m";
import { Registry } from "@l3m/core";
import { testPlugin } from "@l3m/testing";
import { expect, it } from "vitest";

for (const plugin of preset)
  it(`${plugin.namespace} declares itself well`, () => testPlugin(plugin, { plugins: preset }));

it("registers everything together, without clashes", () => {
  const registry = new Registry(preset);
  expect(registry.names.length).toBe(preset.reduce((count, { provides }) => count + provides.length, 0));
});
