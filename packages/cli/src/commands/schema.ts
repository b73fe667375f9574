/** l3m schema */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { experimentJsonSchema } from "@l3m/config";
import preset from "@l3m/preset-l3m";
import { openRegistry } from "@l3m/train";
import { useToolSettings } from "../tool-settings.ts";

export function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description(
      "Print the JSON Schema of config files, for editors: every key, every registered name and its options.",
    )
    .option("-o, --out <file>", "write it to a file")
    .option("--plugin <names...>", "packages or files whose things it knows too, as in the config's `plugins:` list")
    .action(async ({ out, plugin = [] }) => {
      const { plugins } = await useToolSettings();
      const here = path.join(process.cwd(), "l3m.schema.json"); // plugins are looked up from this folder
      const { registry } = await openRegistry(here, { preset, plugins }, plugin);
      const text = `${JSON.stringify(experimentJsonSchema(registry), null, 1)}\n`;
      if (out === undefined) process.stdout.write(text);
      else writeFileSync(out, text);
    });
}
