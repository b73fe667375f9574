/** l3m check */
import type { Command } from "@commander-js/extra-typings";
import { formatCheck } from "@l3m/config";
import preset from "@l3m/preset-l3m";
import { checkStep, inspectData, inspectExperiment } from "@l3m/train";
import type { SetExitCode } from "../main.ts";
import { overlayFiles } from "../overlay-files.ts";
import { useToolSettings } from "../tool-settings.ts";
import { terminalReporter } from "../terminal/terminal-reporter.ts";

export function addCheckCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("check")
    .description("Check a config without running it: all errors at once, key flow, parameters, compute and memory.")
    .argument("<config>", "the YAML file of the experiment")
    .argument("[overrides...]", "key=value (also +key=value to add, ~key to remove)")
    .option("--no-data", "do not read a sample of the data to learn which keys and shapes it brings")
    .option(
      "--shape <shapes...>",
      "types of a sample where the data is not here, as in 'text=i32[77]' 'image=f32[3,224,224]'",
    )
    .option(
      "--compile",
      "compile the step on the config's engine as well, and show its exact memory beside the estimate",
    )
    .option("--overlay <files...>", "YAML files laid over the config, before the overrides")
    .option("--debug", "with what --debug of train lays over it")
    .option("--compat", "resolve and merge the config in ml-l3m's own order and with its leniency")
    .action(async (config, overrides, options) => {
      const { plugins, terminal } = await useToolSettings();
      const reporter = terminalReporter(terminal.progress);
      try {
        const inspected = await inspectExperiment(config, {
          overrides,
          overlays: overlayFiles(options),
          compat: options.compat === true,
          preset,
          plugins,
        });
        const read = options.data
          ? await inspectData(inspected, reporter)
          : { check: inspected.check, trainBatch: undefined };
        const { check, estimate } = await checkStep(inspected, read, {
          shapes: options.shape ?? [],
          compile: options.compile === true,
          reporter,
        });
        process.stdout.write(formatCheck(check, estimate));
        setExitCode(check.errors.length === 0 ? 0 : 1);
      } finally {
        reporter.close();
      }
    });
}
