/** l3m train */
import type { Command } from "@commander-js/extra-typings";
import preset from "@l3m/preset-l3m";
import { train } from "@l3m/train";
import type { SetExitCode } from "../main.ts";
import { overlayFiles } from "../overlay-files.ts";
import { useToolSettings } from "../tool-settings.ts";
import { terminalReporter } from "../terminal/terminal-reporter.ts";

/** Exit codes of a run that a signal ended. */
const SIGNAL_EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

export function addTrainCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("train")
    .description("Train what a config describes.")
    .argument("<config>", "the YAML file of the experiment")
    .argument("[overrides...]", "key=value (also +key=value to add, ~key to remove)")
    .option(
      "--run-dir <dir>",
      "where to write checkpoints, metrics and the report (default: runs/<name>/<date>-<time>)",
    )
    .option(
      "--engine <name>",
      "xla-cuda13, xla-cuda12, xla-cpu, tfjs-node-gpu, tfjs-node, wasm, tfjs-cpu, xla or auto; wins over the config",
    )
    .option(
      "--resume <auto|never|path>",
      "go on from the newest checkpoint of the run directory, never, or from a given checkpoint",
      "auto",
    )
    .option("--allow-engine-change", "resume a checkpoint that another engine made")
    .option("--overlay <files...>", "YAML files laid over the config, before the overrides")
    .option(
      "--debug",
      "twenty steps at tiny sizes on random data: does the config run? (configs/overlays/debug-tiny.yaml)",
    )
    .option("--compat", "resolve and merge the config in ml-l3m's own order and with its leniency")
    .action(async (config, overrides, options) => {
      const { plugins, terminal } = await useToolSettings();
      const reporter = terminalReporter(terminal.progress);
      try {
        const result = await train(config, {
          overrides,
          overlays: overlayFiles(options),
          compat: options.compat === true,
          preset,
          plugins,
          reporter,
          resume: options.resume,
          allowEngineChange: options.allowEngineChange === true,
          ...(options.runDir === undefined ? {} : { runDir: options.runDir }),
          ...(options.engine === undefined ? {} : { engine: options.engine }),
        });
        if (result.stoppedBy !== undefined && !result.finished) {
          reporter.info(
            `stopped after step ${result.step}; go on with: l3m train ${[config, ...overrides.map((token) => `'${token}'`)].join(" ")} --run-dir ${result.runDir}`,
          );
          setExitCode(SIGNAL_EXIT_CODES[result.stoppedBy] ?? 1);
        }
      } finally {
        reporter.close();
      }
    });
}
