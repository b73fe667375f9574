/**
 * Tensor ops are functions (`tf.add(a, b)`), never methods (`a.add(b)`): tfjs-core alone registers no methods, and one
 * spelling keeps blocks readable. Needs type information.
 */

/** What a tfjs tensor really has: ways to read, print and free it. Everything else is an op. */
const METHODS = new Set(
  "array arraySync assign buffer bufferSync bytes data dataSync dataToGPU dispose print throwIfDisposed toString".split(
    " ",
  ),
);

/** @type {import("eslint").Rule.RuleModule} */
export const noChainedTensorOps = {
  meta: {
    type: "problem",
    docs: { description: "Disallow ops as methods of tensors." },
    messages: { chained: "Write `tf.{{op}}(x, ...)` instead of `x.{{op}}(...)`." },
    schema: [],
  },
  create(context) {
    const { program, getTypeAtLocation } = context.sourceCode.parserServices;
    if (program === null || program === undefined) return {};
    return {
      "CallExpression > MemberExpression.callee[computed=false]"(node) {
        const op = node.property.name;
        if (METHODS.has(op) || !isTensor(getTypeAtLocation(node.object))) return;
        context.report({ node: node.property, messageId: "chained", data: { op } });
      },
    };
  },
};

function isTensor(type) {
  if (type.isUnionOrIntersection()) return type.types.some(isTensor);
  const symbol = type.getSymbol();
  if (symbol === undefined || (symbol.name !== "Tensor" && symbol.name !== "Variable")) return false;
  return (symbol.declarations ?? []).some((declaration) =>
    declaration.getSourceFile().fileName.includes("@tensorflow/tfjs-core"),
  );
}
