/** l3m import-config */
import { existsSync, writeFileSync } from "node:fs";
import type { Command } from "@commander-js/extra-typings";
import { importConfig } from "@l3m/config";
import { L3mError } from "@l3m/errors";
import preset from "@l3m/preset-l3m";
import { openRegistry } from "@l3m/train";
import { useToolSettings } from "../tool-settings.ts";

export function addImportConfigCommand(program: Command): void {
  program
    .command("import-config")
    .description("Write a config of ml-l3m in our own words: registered names, our keys, its interpolations kept.")
    .argument("<config>", "a YAML file of ml-l3m")
    .option("--out <file>", "where to write it; it must not exist (default: the terminal)")
    .action(async (config, { out }) => {
      const { plugins } = await useToolSettings();
      const { registry } = await openRegistry(config, { preset, plugins });
      const text = importConfig(config, registry);
      if (out === undefined) return void process.stdout.write(text);
      if (existsSync(out))
        throw new L3mError("L3M_USAGE", {
          message: `${out} exists already.`,
          where: { file: out },
          fix: "Name another file, or remove it first.",
        });
      writeFileSync(out, text);
    });
}
