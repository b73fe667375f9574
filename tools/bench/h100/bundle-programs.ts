/** Every program that runs on the other machine as a JavaScript file, with nothing but koffi left outside. */
import path from "node:path";
import { build } from "esbuild";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Programs by the name that `run.sh` takes. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  step: "tools/bench/h100/step.ts",
  compare: "tools/bench/h100/compare.ts",
  attention: "tools/bench/h100/attention.ts",
  overhead: "packages/tfjs-backend-xla/bench/call-overhead.bench.ts",
  goldens: "tools/goldens/main.ts",
};

/** Native or huge, and looked for at run time only where it is used. */
const OUTSIDE = ["koffi", "@tensorflow/tfjs-backend-wasm", "typescript"];

/** CommonJS dependencies ask for `require`, which a module does not have. */
const REQUIRE = 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';

/** Writes `<name>.mjs` of every program, and what they share, into the empty folder `folder`. */
export async function bundlePrograms(folder: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { ...PROGRAMS },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    tsconfig: path.join(ROOT, "tsconfig.test.json"),
    external: OUTSIDE,
    alias: { sharp: path.join(import.meta.dirname, "absent-sharp.ts") },
    banner: { js: REQUIRE },
    ignoreAnnotations: true, // the packages list side effects of their compiled files, and these are the sources
    logLevel: "warning",
  });
}
