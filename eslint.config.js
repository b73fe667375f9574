/** Lint rules: typescript-eslint with type information, and the repository's own rules in tools/eslint-rules. */
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { l3mRules } from "./tools/eslint-rules/index.js";

/** Files that a tool writes, or that are one table: exempt by path, never by a comment inside. */
const GENERATED = ["**/*.generated.ts", "**/generated/**"];

export default defineConfig(
  { ignores: ["**/dist/", "**/coverage/", ".nx/", "runs/", ...GENERATED] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    plugins: { l3m: l3mRules },
    languageOptions: {
      parserOptions: { project: "./tsconfig.test.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/ban-ts-comment": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "TSAsExpression > TSAsExpression > TSUnknownKeyword",
          message: "`as unknown as T` switches the type checker off; narrow the value instead.",
        },
      ],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "prefer-const": "error",
      "no-var": "error",
      "l3m/no-chained-tensor-ops": "error",
      "l3m/no-forbidden-file-names": "error",
      "l3m/no-relative-import-across-packages": "error",
    },
  },
  {
    files: ["packages/*/src/**/*.ts"],
    plugins: { l3m: l3mRules },
    rules: {
      "max-lines": ["warn", { max: 400, skipBlankLines: true, skipComments: true }],
      "l3m/max-lines": ["error", { max: 600, skipBlankLines: true, skipComments: true }],
      "l3m/no-bare-error": "error",
      "l3m/definition-name-matches-file": "error",
    },
  },
);
