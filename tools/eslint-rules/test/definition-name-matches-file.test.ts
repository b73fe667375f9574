import { definitionNameMatchesFile } from "../definition-name-matches-file.js";
import { ruleTester } from "./rule-tester.ts";

const filename = "packages/clip-loss/src/blocks/clip-head.ts";

ruleTester.run("definition-name-matches-file", definitionNameMatchesFile, {
  valid: [
    { filename, code: 'export const clipHead = defineBlock({ name: "clip-head", kind: "block" });' },
    { filename: "src/kernels/FusedAttention.ts", code: 'defineKernel({ name: "FusedAttention" });' },
    { filename: "src/kernels/cast-precision.ts", code: 'defineKernel({ name: "CastPrecision" });' },
    { filename: "src/norms/layer-norm-fp32.ts", code: 'defineNorm({ name: "layer-norm-fp32" });' },
    { filename, code: 'definePlugin({ namespace: "x" }); defineBlock({ name: NAME }); makeBlock({ name: "other" });' },
  ],
  invalid: [
    {
      filename,
      code: 'defineLoss({ name: "contrastive", kind: "loss" });',
      errors: [
        {
          messageId: "mismatch",
          data: { callee: "defineLoss", name: "contrastive", expected: "contrastive", file: "clip-head.ts" },
        },
      ],
    },
    {
      filename: "src/kernels/add.ts",
      code: 'defineKernel({ name: "BatchMatMul" });',
      errors: [{ messageId: "mismatch" }],
    },
  ],
});
