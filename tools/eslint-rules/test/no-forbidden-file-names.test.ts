import { noForbiddenFileNames } from "../no-forbidden-file-names.js";
import { ruleTester } from "./rule-tester.ts";

const code = "export {};";

ruleTester.run("no-forbidden-file-names", noForbiddenFileNames, {
  valid: ["packages/core/src/edit-distance.ts", "packages/core/src/index.ts", "packages/core/src/common-prefix.ts"].map(
    (filename) => ({ filename, code }),
  ),
  invalid: [
    "packages/core/src/utils.ts",
    "packages/core/src/helpers.ts",
    "packages/core/test/misc.test.ts",
    "common.ts",
  ].map((filename) => ({ filename, code, errors: [{ messageId: "name" }] })),
});
