/**
 * One registered name, one file: `defineBlock({ name: "clip-head" })` sits in `clip-head.ts`. Kernels keep the
 * spelling of tfjs: `defineKernel({ name: "FusedAttention" })` sits in `FusedAttention.ts` or `fused-attention.ts`.
 */
import { basename } from "node:path";

/** @type {import("eslint").Rule.RuleModule} */
export const definitionNameMatchesFile = {
  meta: {
    type: "problem",
    docs: { description: "Require that a definition sits in the file of its name." },
    messages: { mismatch: '`{{callee}}({ name: "{{name}}" })` belongs in `{{expected}}.ts`, not in `{{file}}`.' },
    schema: [],
  },
  create(context) {
    const file = basename(context.filename);
    const stem = file.replace(/\.[a-z]+$/, "");
    return {
      CallExpression(node) {
        if (node.callee.type !== "Identifier" || !/^define[A-Z]/.test(node.callee.name)) return;
        const name = literalName(node.arguments[0]);
        if (name === undefined || name === stem || kebabCase(name) === stem) return;
        context.report({
          node,
          messageId: "mismatch",
          data: { callee: node.callee.name, name, expected: kebabCase(name), file },
        });
      },
    };
  },
};

/** The value of `name` in an object literal, if it is written out there. */
function literalName(argument) {
  if (argument?.type !== "ObjectExpression") return undefined;
  const property = argument.properties.find((entry) => entry.type === "Property" && entry.key.name === "name");
  const value = property?.value;
  return value?.type === "Literal" && typeof value.value === "string" ? value.value : undefined;
}

function kebabCase(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}
