import { defineConfig } from "vitest/config";

/** Tests run against the sources, so no build is needed; `forks` because native libraries crash in threads. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@l3m\/([a-z0-9-]+)$/, replacement: `${import.meta.dirname}/packages/$1/src/index.ts` },
      { find: /^@l3m\/([a-z0-9-]+)\/([a-z0-9-]+)$/, replacement: `${import.meta.dirname}/packages/$1/src/$2/index.ts` },
    ],
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "tools/*/test/**/*.test.ts"],
    pool: "forks",
    reporters: ["default", `${import.meta.dirname}/tools/checks/closing-line-reporter.ts`],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
