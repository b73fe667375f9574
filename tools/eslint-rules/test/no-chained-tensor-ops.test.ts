import { noChainedTensorOps } from "../no-chained-tensor-ops.js";
import { typedRuleTester } from "./rule-tester.ts";

const filename = `${import.meta.dirname}/chained.ts`;
const head = 'import * as tf from "@tensorflow/tfjs-core";\ndeclare const x: tf.Tensor2D;\n';

typedRuleTester.run("no-chained-tensor-ops", noChainedTensorOps, {
  valid: [
    { filename, code: `${head}tf.add(x, x);` },
    { filename, code: `${head}x.dataSync(); x.dispose(); x.toString();` },
    { filename, code: "declare const list: { add(n: number): void }; list.add(1);" },
    { filename, code: "new Set([1]).add(2);" },
  ],
  invalid: [
    { filename, code: `${head}x.add(x);`, errors: [{ messageId: "chained", data: { op: "add" } }] },
    { filename, code: `${head}tf.relu(x).reshape([4]);`, errors: [{ messageId: "chained", data: { op: "reshape" } }] },
    {
      filename,
      code: `${head}declare const v: tf.Variable | undefined;\nv?.mul(2);`,
      errors: [{ messageId: "chained" }],
    },
  ],
});
