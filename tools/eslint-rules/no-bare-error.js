/**
 * Packages throw `L3mError` for mistakes of a user and `invariant()` for bugs of ours, so that every message says
 * where, what was expected, what came and how to fix it.
 */
const BARE = new Set(["Error", "TypeError", "RangeError", "SyntaxError", "EvalError", "URIError", "AggregateError"]);

/** @type {import("eslint").Rule.RuleModule} */
export const noBareError = {
  meta: {
    type: "problem",
    docs: { description: "Disallow JavaScript's own error classes." },
    messages: {
      bare: "Use `new L3mError(code, {...})` for a user's mistake or `invariant(...)` for a bug of ours, not `{{name}}`.",
    },
    schema: [],
  },
  create(context) {
    function check(node) {
      if (node.callee.type !== "Identifier" || !BARE.has(node.callee.name)) return;
      context.report({ node, messageId: "bare", data: { name: node.callee.name } });
    }
    return { NewExpression: check, CallExpression: check };
  },
};
