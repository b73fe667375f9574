/** ESLint's RuleTester speaking TypeScript, and vitest as the runner it reports to. */
import { RuleTester } from "eslint";
import tseslint from "typescript-eslint";
import { describe, it } from "vitest";

Object.assign(RuleTester, { describe, it, itOnly: it.only });

export const ruleTester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

/** The same with type information: code is checked as if it were `tools/eslint-rules/test/typed/<filename>`. */
export const typedRuleTester = new RuleTester({
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { projectService: { allowDefaultProject: ["*.ts"] }, tsconfigRootDir: import.meta.dirname },
  },
});
