import { noRelativeImportAcrossPackages } from "../no-relative-import-across-packages.js";
import { ruleTester } from "./rule-tester.ts";

const filename = "/anywhere/packages/heads/src/pool/mean.ts";

ruleTester.run("no-relative-import-across-packages", noRelativeImportAcrossPackages, {
  valid: [
    { filename, code: 'import { defineBlock } from "@l3m/core";' },
    { filename, code: 'import { mask } from "../mask.ts"; export * from "./other.ts";' },
    { filename: "/anywhere/tools/bench/run.ts", code: 'import "../../packages/core/src/index.ts";' },
  ],
  invalid: [
    {
      filename,
      code: 'import { defineBlock } from "../../../core/src/index.ts";',
      errors: [{ messageId: "across", data: { source: "../../../core/src/index.ts", own: "heads", other: "core" } }],
    },
    { filename, code: 'export { x } from "../../../core/src/x.ts";', errors: [{ messageId: "across" }] },
    { filename, code: 'await import("../../../core/src/x.ts");', errors: [{ messageId: "across" }] },
  ],
});
