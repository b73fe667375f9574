/** The engine `tfjs-node`: built for real where there is a C++ compiler, refused with a cure where there is none. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installEngine } from "@l3m/pjrt";
import { describe, expect, it } from "vitest";
import { builtPackage } from "./cpu-plugin.ts";

const hasCompiler = spawnSync("g++", ["--version"]).status === 0;
const builds = hasCompiler && process.platform === "linux" && process.arch === "x64";

describe("installEngine tfjs-node", () => {
  it(
    builds ? "builds a binding that computes" : "is refused without a compiler",
    async () => {
      if (!builds) return expect(installEngine("tfjs-node")).rejects.toThrow("L3M_ENGINE_MISSING");
      const { path: entry } = await installEngine("tfjs-node");
      const script = `const util = require("util"); util.isNullOrUndefined ??= (v) => v == null; util.isArray ??= Array.isArray;
        const tf = require(${JSON.stringify(entry)});
        const x = tf.tensor2d([[1, 2], [3, 4]]);
        const gradient = tf.grad((v) => tf.sum(tf.mul(tf.matMul(v, v), v)))(x);
        console.log(JSON.stringify([tf.getBackend(), Array.from(tf.matMul(x, x).dataSync()), Array.from(gradient.dataSync())]));`;
      const { stdout } = spawnSync(process.execPath, ["-e", script], {
        encoding: "utf8",
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
      });
      // f = sum((X X) o X); df/dX = X X + X X^T + X^T X, by hand for [[1, 2], [3, 4]]
      expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual([
        "tensorflow",
        [7, 10, 15, 22],
        [7 + 5 + 10, 10 + 11 + 14, 15 + 11 + 14, 22 + 25 + 20],
      ]);
    },
    600_000,
  );

  it("names the missing compiler before it downloads anything", () => {
    const cacheDir = mkdtempSync(path.join(tmpdir(), "l3m-tfjs-"));
    const script = `import { installEngine } from ${JSON.stringify(builtPackage())};
      await installEngine("tfjs-node", { cacheDir: ${JSON.stringify(cacheDir)} }).catch((error) => console.log(error.message));`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      env: { HOME: cacheDir, PATH: "/nowhere" },
    });
    expect(stdout).toMatch(/L3M_ENGINE_MISSING/);
    expect(readdirSync(cacheDir)).toEqual([]);
    rmSync(cacheDir, { recursive: true });
  });
});
