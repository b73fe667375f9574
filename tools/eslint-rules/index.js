/** The repository's own ESLint rules; one file and one test each. */
import { builtinRules } from "eslint/use-at-your-own-risk";
import { definitionNameMatchesFile } from "./definition-name-matches-file.js";
import { noBareError } from "./no-bare-error.js";
import { noChainedTensorOps } from "./no-chained-tensor-ops.js";
import { noForbiddenFileNames } from "./no-forbidden-file-names.js";
import { noRelativeImportAcrossPackages } from "./no-relative-import-across-packages.js";

export const l3mRules = {
  rules: {
    "definition-name-matches-file": definitionNameMatchesFile,
    // ESLint's own rule under a second name, so that one limit warns and a higher one fails
    "max-lines": builtinRules.get("max-lines"),
    "no-bare-error": noBareError,
    "no-chained-tensor-ops": noChainedTensorOps,
    "no-forbidden-file-names": noForbiddenFileNames,
    "no-relative-import-across-packages": noRelativeImportAcrossPackages,
  },
};
