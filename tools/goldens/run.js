#!/usr/bin/env node
/** Compiles what the golden runner needs, then runs it: `npm run goldens -- DIR... [--engine NAME] [--only GLOB] [--json FILE]`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const { status } = spawnSync(process.execPath, [compiler, "-b", here], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
await import("./dist/main.js");
