/** l3m check */
import type { Command } from "@commander-js/extra-typings";
import { formatCheck } from "@l3m/config";
import preset from "@l3m/preset-l3m";
import { inspectExperiment } from "@l3m/train";
import type { SetExitCode } from "../main.ts";

export function addCheckCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("check")
    .description("Check a config without running it: all errors at once, key flow, parameters.")
    .argument("<config>", "the YAML file of the experiment")
    .argument("[overrides...]", "key=value")
    .action(async (config, overrides) => {
      const { check } = await inspectExperiment(config, { overrides, preset });
      process.stdout.write(formatCheck(check));
      setExitCode(check.errors.length === 0 ? 0 : 1);
    });
}
