/** A package enters another one by its name and public exports, never by a path into its folder. */
import { dirname, resolve } from "node:path";

/** @type {import("eslint").Rule.RuleModule} */
export const noRelativeImportAcrossPackages = {
  meta: {
    type: "problem",
    docs: { description: "Disallow relative imports that leave the package." },
    messages: { across: "`{{source}}` leaves the package `{{own}}`; import `@l3m/{{other}}` instead." },
    schema: [],
  },
  create(context) {
    const own = packageOf(context.filename);
    if (own === undefined) return {};
    function check(node) {
      const source = node.source?.value;
      if (typeof source !== "string" || !source.startsWith(".")) return;
      const other = packageOf(resolve(dirname(context.filename), source));
      if (other === undefined || other === own) return;
      context.report({ node: node.source, messageId: "across", data: { source, own, other } });
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

/** `core` for `/anywhere/packages/core/src/index.ts`. */
function packageOf(path) {
  return /[\\/]packages[\\/]([^\\/]+)[\\/]/.exec(path)?.[1];
}
